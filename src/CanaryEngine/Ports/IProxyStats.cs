using System.Collections.Immutable;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>Tells where the connected proxies' own statistics can be read, for the embedded metrics. Thread-safe.</summary>
public interface IProxyStats
{
    /// <summary>Finds the proxies that are connected now, to whichever replica. Asked before each reading.</summary>
    /// <param name="cancellationToken">Ends the wait for the other replicas.</param>
    /// <returns>The proxies, each address once.</returns>
    ValueTask<ImmutableArray<ProxyEndpoint>> FindAsync(CancellationToken cancellationToken);
}
