using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Peers;

/// <summary>Knows where the statistics of all replicas' proxies can be read. Thread-safe.</summary>
/// <param name="local">Those of this replica.</param>
/// <param name="peers">Those of the others.</param>
internal sealed class FleetStats(ConnectedProxyStats local, IProxyStatsOfPeers peers) : IProxyStats
{
    /// <inheritdoc/>
    public ImmutableArray<Uri> Endpoints => [.. local.Endpoints.Union(peers.Endpoints)];
}
