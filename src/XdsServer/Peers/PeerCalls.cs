using System.Text.Json;

namespace XdsCanary.XdsServer.Peers;

/// <summary>What calls of other replicas have in common. Pure.</summary>
internal static class PeerCalls
{
    /// <summary>Tells whether a call was not answered, or not as it should be.</summary>
    /// <param name="exception">How it ended.</param>
    /// <param name="cancellationToken">What would have ended it on purpose.</param>
    public static bool IsNoAnswer(Exception exception, CancellationToken cancellationToken) =>
        exception is HttpRequestException or IOException or JsonException
        || (exception is OperationCanceledException && !cancellationToken.IsCancellationRequested);
}
