using System.Net.Http.Headers;
using System.Text.Json;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Peers;

/// <summary>What calls of other replicas have in common.</summary>
internal static class PeerCalls
{
    /// <summary>The path of reports.</summary>
    public const string ReportPath = "/api/peer/convergence";

    /// <summary>Asks a replica for a report.</summary>
    /// <param name="http">Calls it.</param>
    /// <param name="peer">The replica.</param>
    /// <param name="token">What it wants to be shown.</param>
    /// <param name="service">The service to report about.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public static async Task<PeerReport> ReportAsync(
        HttpClient http, Uri peer, string token, NamespacedName service, CancellationToken cancellationToken)
    {
        using var request = new HttpRequestMessage(
            HttpMethod.Get, new Uri(peer, $"{ReportPath}?namespace={service.Namespace}&name={service.Name}"));
        request.Headers.Authorization = new AuthenticationHeaderValue("Bearer", token);
        using var response = await http.SendAsync(request, cancellationToken);
        response.EnsureSuccessStatusCode();
        return await response.Content.ReadFromJsonAsync(PeerJson.Default.PeerReport, cancellationToken)
            ?? throw new JsonException("A report is expected.");
    }

    /// <summary>Tells whether a call was not answered, or not as it should be.</summary>
    /// <param name="exception">How it ended.</param>
    /// <param name="cancellationToken">What would have ended it on purpose.</param>
    public static bool IsNoAnswer(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException or IOException or JsonException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
