namespace XdsCanary.DemoProxy;

/// <summary>How an embedded data plane finds its control plane, and what it says about itself.</summary>
public sealed record EmbeddedDataPlaneOptions
{
    /// <summary>The control plane's gRPC address, for example <c>http://127.0.0.1:18000</c> (HTTP/2 without TLS).</summary>
    public required Uri XdsAddress { get; init; }

    /// <summary>The node's id; must be unique among the proxies of the control plane.</summary>
    public required string NodeId { get; init; }

    /// <summary>The node's cluster. Default: <c>demo</c>.</summary>
    public string NodeCluster { get; init; } = "demo";

    /// <summary>The namespace sent as <c>metadata.namespace</c>; null (the default) to send none.</summary>
    public string? NodeNamespace { get; init; }

    /// <summary>The port of the admin interface on the loopback address; 0 (the default) for a free one.</summary>
    public int AdminPort { get; init; }
}
