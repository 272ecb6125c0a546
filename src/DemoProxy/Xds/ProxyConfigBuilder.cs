using System.Collections.Immutable;
using XdsCanary.DemoProxy.Model;

namespace XdsCanary.DemoProxy.Xds;

/// <summary>Makes the data path's configuration from the client's state.</summary>
internal static class ProxyConfigBuilder
{
    /// <summary>Tells whether two states serve differently.</summary>
    /// <param name="before">One state.</param>
    /// <param name="after">The state after it.</param>
    public static bool Differs(XdsClientState before, XdsClientState after) =>
        !ReferenceEquals(before.ActiveListeners, after.ActiveListeners)
        || !ReferenceEquals(before.ActiveClusters, after.ActiveClusters)
        || !ReferenceEquals(before.Routes, after.Routes)
        || !ReferenceEquals(before.Endpoints, after.Endpoints);

    /// <summary>Makes the configuration.</summary>
    /// <param name="state">The client's state.</param>
    public static ProxyConfig Build(XdsClientState state) => new(
        state.ActiveListeners.ToImmutableDictionary(
            entry => entry.Key, entry => new ServingListener(entry.Value, RoutesOf(state, entry.Value))),
        state.ActiveClusters.ToImmutableDictionary(
            entry => entry.Key, entry => new ServingCluster(entry.Value, EndpointsOf(state, entry.Value))));

    private static RouteTable RoutesOf(XdsClientState state, ListenerSpec listener) =>
        listener.RouteName is { } name
            ? state.Routes.GetValueOrDefault(name)?.Value ?? RouteTable.Empty
            : listener.InlineRoutes ?? RouteTable.Empty;

    private static EndpointSet EndpointsOf(XdsClientState state, ClusterSpec cluster) =>
        cluster.EndpointName is { } name ? state.Endpoints.GetValueOrDefault(name)?.Value ?? EndpointSet.Empty : cluster.Inline;
}
