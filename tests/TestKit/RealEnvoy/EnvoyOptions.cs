using XdsCanary.XdsServer.Bootstrap;

namespace XdsCanary.TestKit.RealEnvoy;

/// <summary>What a test wants its Envoy to be; the defaults are a gateway in namespace <c>default</c>.</summary>
public sealed record EnvoyOptions
{
    /// <summary>The server's xDS port.</summary>
    public required int XdsPort { get; init; }

    /// <summary>The server's address.</summary>
    public string XdsHost { get; init; } = "127.0.0.1";

    /// <summary>True for the incremental protocol, false for state of the world.</summary>
    public bool Delta { get; init; } = true;

    /// <summary>The node id.</summary>
    public string NodeId { get; init; } = "envoy-1";

    /// <summary>The node's cluster.</summary>
    public string NodeCluster { get; init; } = "test";

    /// <summary>The node's namespace; null leaves it to the server.</summary>
    public string? Namespace { get; init; } = "default";

    /// <summary>Further namespaces that the node sees.</summary>
    public IReadOnlyList<string> VisibleNamespaces { get; init; } = [];

    /// <summary>
    /// The address of the admin interface. The server reads statistics there only if it is the one that Envoy connects from, which
    /// is a Service's, not the loopback address, where a Service is between them: <c>0.0.0.0</c> then.
    /// </summary>
    public string AdminAddress { get; init; } = "127.0.0.1";

    /// <summary>The port of the admin interface; null for a free one.</summary>
    public int? AdminPort { get; init; }

    /// <summary>The longest pause between two tries to reach the server.</summary>
    public TimeSpan ReconnectLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>Further arguments of its command line.</summary>
    public IReadOnlyList<string> Arguments { get; init; } = [];

    internal string WriteBootstrap(int adminPort) => BootstrapDocument.Write(new BootstrapOptions
    {
        NodeId = NodeId,
        NodeCluster = NodeCluster,
        NodeNamespace = Namespace,
        VisibleNamespaces = [.. VisibleNamespaces],
        XdsHost = XdsHost,
        XdsPort = XdsPort,
        Delta = Delta,
        ReconnectLimit = ReconnectLimit,
        AdminAddress = AdminAddress,
        AdminPort = adminPort,
    });
}
