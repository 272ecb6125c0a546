using System.Collections.Immutable;

namespace XdsCanary.XdsServer.Bootstrap;

/// <summary>What an Envoy needs to know to find this server and to tell it who it is.</summary>
internal sealed record BootstrapOptions
{
    /// <summary>The proxy's own name, unique in the fleet; Envoy refuses to use ADS without it.</summary>
    public required string NodeId { get; init; }

    /// <summary>The name of the group of proxies; Envoy refuses to use ADS without it.</summary>
    public required string NodeCluster { get; init; }

    /// <summary>
    /// The namespace whose services the proxy sees under their bare names; null leaves the choice to the server.
    /// </summary>
    public string? NodeNamespace { get; init; }

    /// <summary>Further namespaces whose services the proxy sees; <c>*</c> means all.</summary>
    public ImmutableArray<string> VisibleNamespaces { get; init; } = [];

    /// <summary>The server's name or IP address.</summary>
    public string XdsHost { get; init; } = "127.0.0.1";

    /// <summary>The server's xDS port.</summary>
    public int XdsPort { get; init; } = 18000;

    /// <summary>The longest pause between two tries to reach the server, at least 0.5 s.</summary>
    public TimeSpan ReconnectLimit { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>True for the incremental protocol, false for state of the world.</summary>
    public bool Delta { get; init; } = true;

    /// <summary>The IP address that Envoy's admin interface listens on. The interface has no authentication.</summary>
    public string AdminAddress { get; init; } = "127.0.0.1";

    /// <summary>The port that Envoy's admin interface listens on.</summary>
    public int AdminPort { get; init; } = 9901;

    /// <summary>How many client connections Envoy accepts at most, over all listeners.</summary>
    public int MaxDownstreamConnections { get; init; } = 50_000;
}
