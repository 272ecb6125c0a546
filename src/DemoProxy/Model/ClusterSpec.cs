using System.Collections.Immutable;

namespace XdsCanary.DemoProxy.Model;

/// <summary>An address that serves a cluster.</summary>
/// <param name="Address">The IP address or, for DNS clusters, the host name.</param>
/// <param name="Port">The port.</param>
/// <param name="Healthy">Whether it may receive requests.</param>
/// <param name="Priority">Its priority; 0 is the first to be used.</param>
internal sealed record ProxyEndpoint(string Address, int Port, bool Healthy, uint Priority)
{
    /// <summary>The address as a URL without path.</summary>
    public string Url { get; } =
        Address.Contains(':', StringComparison.Ordinal) ? $"http://[{Address}]:{Port}" : $"http://{Address}:{Port}";
}

/// <summary>The endpoints of a cluster.</summary>
/// <param name="All">All of them.</param>
internal sealed record EndpointSet(ImmutableArray<ProxyEndpoint> All)
{
    /// <summary>No endpoints.</summary>
    public static EndpointSet Empty { get; } = new([]);

    /// <summary>The healthy endpoints of the first priority that has any.</summary>
    public ImmutableArray<ProxyEndpoint> Usable { get; } =
        All.Where(endpoint => endpoint.Healthy).GroupBy(endpoint => endpoint.Priority).MinBy(group => group.Key) is { } first
            ? [.. first]
            : [];
}

/// <summary>A cluster as its resource describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="StatName">The name in statistics: alt_stat_name, else the name; colons are underscores, as in Envoy.</param>
/// <param name="EndpointName">The name to ask endpoints by; null when the cluster brings its endpoints along.</param>
/// <param name="Inline">The endpoints that the cluster brings along.</param>
/// <param name="ConnectTimeout">The time to connect to an endpoint.</param>
/// <param name="Http2">Whether endpoints speak HTTP/2 without TLS.</param>
internal sealed record ClusterSpec(
    string Name, string StatName, string? EndpointName, EndpointSet Inline, TimeSpan ConnectTimeout, bool Http2);
