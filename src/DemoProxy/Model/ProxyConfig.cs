using System.Collections.Immutable;

namespace XdsCanary.DemoProxy.Model;

/// <summary>A listener with its routes.</summary>
/// <param name="Spec">The listener.</param>
/// <param name="Routes">Its routes.</param>
internal sealed record ServingListener(ListenerSpec Spec, RouteTable Routes);

/// <summary>A cluster with its endpoints.</summary>
/// <param name="Spec">The cluster.</param>
/// <param name="Endpoints">Its endpoints.</param>
internal sealed record ServingCluster(ClusterSpec Spec, EndpointSet Endpoints);

/// <summary>
/// Everything that the data path needs, replaced whole: a request reads the current value once and sees nothing half done.
/// </summary>
/// <param name="Listeners">The listeners that serve, by name.</param>
/// <param name="Clusters">The clusters that are warm, by name.</param>
internal sealed record ProxyConfig(
    ImmutableDictionary<string, ServingListener> Listeners, ImmutableDictionary<string, ServingCluster> Clusters)
{
    /// <summary>Nothing to serve.</summary>
    public static ProxyConfig Empty { get; } = new(
        ImmutableDictionary<string, ServingListener>.Empty, ImmutableDictionary<string, ServingCluster>.Empty);
}
