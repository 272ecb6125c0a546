namespace XdsCanary.XdsServer.Resources;

/// <summary>Choices in making resources.</summary>
internal sealed record ResourceOptions
{
    /// <summary>The IP address that the proxies listen on.</summary>
    public string ListenerAddress { get; init; } = "0.0.0.0";

    /// <summary>The port that the proxies listen on, 1 to 65535.</summary>
    public int ListenerPort { get; init; } = 10000;

    /// <summary>How long a request may take until its response is complete; zero for no limit.</summary>
    public TimeSpan RouteTimeout { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How long a proxy waits for a connection to an endpoint; above zero.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>The DNS domain of the cluster; the last part of a service's full name.</summary>
    public string ClusterDomain { get; init; } = "cluster.local";
}
