using System.Collections.Immutable;

namespace XdsCanary.XdsServer.Peers;

/// <summary>Tells where the statistics of proxies can be read that are connected to other replicas. Thread-safe.</summary>
internal interface IProxyStatsOfPeers
{
    /// <summary>The addresses, as the replicas have last told them.</summary>
    ImmutableArray<Uri> Endpoints { get; }
}
