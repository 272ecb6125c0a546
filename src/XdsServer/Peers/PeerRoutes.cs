using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Leadership;

namespace XdsCanary.XdsServer.Peers;

/// <summary>Tells other replicas, over their admin ports, where the traffic goes while the API server is away. Thread-safe.</summary>
/// <param name="directory">The other replicas.</param>
/// <param name="http">Calls them.</param>
/// <param name="leadership">In which term this replica leads.</param>
/// <param name="token">What they want to be shown.</param>
internal sealed class PeerRoutes(PeerDirectory directory, HttpClient http, ILeadership leadership, string token) : IPeerRoutes
{
    /// <summary>The path that takes the routes.</summary>
    public const string Path = "/api/peer/routes";

    /// <inheritdoc/>
    public Task TellAsync(IReadOnlyCollection<JsonObject> splits, CancellationToken cancellationToken)
    {
        // The term of when it led: read before it is known to lead still.
        var term = leadership.Term;
        if (leadership.State == LeadershipState.Following)
        {
            return Task.CompletedTask;
        }

        var body = new JsonArray([.. splits.Select(split => split.DeepClone())]).ToJsonString();
        return Task.WhenAll(directory.Peers.Select(peer => TellAsync(new Uri(peer, $"{Path}?term={term}"), body, cancellationToken)));
    }

    private async Task TellAsync(Uri routes, string body, CancellationToken cancellationToken)
    {
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, routes);
            request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
            request.Content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await http.SendAsync(request, cancellationToken);
            response.EnsureSuccessStatusCode();
        }
        catch (Exception exception) when (PeerCalls.IsNoAnswer(exception, cancellationToken))
        {
            // Who does not answer is named where proxies are counted.
        }
    }
}
