using System.Text.Json.Nodes;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>Tells other replicas where the traffic goes while the API server cannot. Thread-safe.</summary>
public interface IPeerRoutes
{
    /// <summary>Tells all of them, and waits for none that does not answer soon. Throws nothing.</summary>
    /// <param name="splits">TrafficSplits that are not recorded yet.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task TellAsync(IReadOnlyCollection<JsonObject> splits, CancellationToken cancellationToken);
}

/// <summary>There are no other replicas.</summary>
public sealed class NoPeerRoutes : IPeerRoutes
{
    /// <inheritdoc/>
    public Task TellAsync(IReadOnlyCollection<JsonObject> splits, CancellationToken cancellationToken) => Task.CompletedTask;
}
