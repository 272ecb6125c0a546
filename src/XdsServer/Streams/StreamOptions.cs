using XdsCanary.XdsServer.Protocol;

namespace XdsCanary.XdsServer.Streams;

/// <summary>Choices of the streams' shell.</summary>
internal sealed record StreamOptions
{
    /// <summary>The protocol's choices.</summary>
    public ProtocolSettings Protocol { get; init; } = ProtocolSettings.Default;

    /// <summary>The namespace of nodes that name none.</summary>
    public string DefaultNamespace { get; init; } = "default";

    /// <summary>
    /// How long one write may take before the stream is cut. Long, because a slow proxy is healthy and a dead one is found by
    /// HTTP/2 pings; a stream that does not read costs one message of memory until then. Zero for never.
    /// </summary>
    public TimeSpan WriteTimeout { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>Tells proxies which replica serves them (<c>control_plane.identifier</c>).</summary>
    public string Identifier { get; init; } = "xds-canary";
}
