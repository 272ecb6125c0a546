using System.Collections.Immutable;
using System.Text.Json.Serialization;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.XdsServer.Peers;

/// <summary>What a replica tells another one of a service: how far the proxies connected to it follow.</summary>
/// <param name="Replica">Who tells it.</param>
/// <param name="Wanted">The weights that it has published.</param>
/// <param name="Acknowledged">The weights that all its proxies have acknowledged; null when they differ, or there is none.</param>
/// <param name="Proxies">How many proxies route the service.</param>
/// <param name="Converged">How many of them follow.</param>
/// <param name="Lagging">Those that do not.</param>
/// <param name="IsKnown">Whether it knows the service.</param>
/// <param name="StatsEndpoints">
/// Where the statistics of its proxies can be read, for replicas of a build that does not know <paramref name="StatsProxies"/>.
/// </param>
/// <param name="StatsProxies">The same with the proxies' namespaces; null from a replica of a build that does not tell them.</param>
internal sealed record PeerReport(
    string Replica,
    ImmutableArray<BackendWeight> Wanted,
    ImmutableArray<BackendWeight>? Acknowledged,
    int Proxies,
    int Converged,
    ImmutableArray<LaggingProxy> Lagging,
    bool IsKnown,
    ImmutableArray<Uri> StatsEndpoints,
    ImmutableArray<ProxyEndpoint>? StatsProxies = null)
{
    /// <summary>Makes a report.</summary>
    /// <param name="replica">Who tells it.</param>
    /// <param name="seen">What it sees.</param>
    /// <param name="stats">Where the statistics of its proxies can be read.</param>
    public static PeerReport Of(string replica, ServiceConvergence seen, ImmutableArray<ProxyEndpoint> stats) => new(
        replica, seen.Wanted, seen.Acknowledged, seen.Proxies, seen.Converged, seen.Lagging, seen.IsKnown,
        [.. stats.Select(proxy => proxy.Address)], stats);

    /// <summary>Finds the proxies whose statistics can be read, with what is told of each.</summary>
    public ImmutableArray<ProxyEndpoint> FindProxies() =>
        StatsProxies ?? (StatsEndpoints.IsDefault ? [] : [.. StatsEndpoints.Select(address => new ProxyEndpoint(address, null))]);
}

/// <summary>How reports are written.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(PeerReport))]
internal sealed partial class PeerJson : JsonSerializerContext;
