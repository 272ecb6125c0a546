using System.Text.Json.Nodes;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>Asks the canary's service through the Envoy, one request at a time.</summary>
/// <param name="place">Where the canary is.</param>
internal sealed class Visitor(CanaryPlace place) : IDisposable
{
    private readonly HttpClient _http = new(new SocketsHttpHandler { UseCookies = false }) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Asks.</summary>
    /// <param name="headers">Request headers.</param>
    public async Task<Visit> AskAsync(params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://127.0.0.1:{place.Home!.Server.Ports.Listener}/api/info");
        request.Headers.Host = $"podinfo.{place.Name}";
        foreach (var (name, value) in headers)
        {
            request.Headers.TryAddWithoutValidation(name, value);
        }

        using var response = await _http.SendAsync(request, TestContext.Current.CancellationToken);
        response.EnsureSuccessStatusCode();
        var pod = JsonNode.Parse(await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken)).Text("hostname")!;
        return new Visit(
            pod.StartsWith("podinfo-primary-", StringComparison.Ordinal),
            response.Headers.TryGetValues("set-cookie", out var cookies) ? [.. cookies] : []);
    }

    /// <inheritdoc/>
    public void Dispose() => _http.Dispose();
}

/// <summary>An answer.</summary>
/// <param name="IsFromPrimary">A pod of the primary gave it, not one of the target.</param>
/// <param name="Cookies">The cookies that came with it.</param>
internal sealed record Visit(bool IsFromPrimary, IReadOnlyList<string> Cookies);
