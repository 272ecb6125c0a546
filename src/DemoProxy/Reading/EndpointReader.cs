using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using XdsCanary.DemoProxy.Model;

namespace XdsCanary.DemoProxy.Reading;

/// <summary>Reads ClusterLoadAssignments.</summary>
internal static class EndpointReader
{
    /// <summary>Reads the endpoints of a cluster.</summary>
    /// <param name="assignment">The resource.</param>
    /// <exception cref="UnusableResourceException">It cannot be used.</exception>
    public static EndpointSet Read(ClusterLoadAssignment assignment)
    {
        var endpoints = assignment.Endpoints.SelectMany(ReadLocality);
        return new EndpointSet([.. endpoints]);
    }

    private static IEnumerable<ProxyEndpoint> ReadLocality(LocalityLbEndpoints locality)
    {
        Require.Absent(locality.LedsClusterLocalityConfig is not null, "endpoints.leds_cluster_locality_config");
        return locality.LbEndpoints.Concat(locality.LoadBalancerEndpoints?.LbEndpoints ?? [])
            .Select(endpoint => ReadEndpoint(endpoint, locality.Priority));
    }

    private static ProxyEndpoint ReadEndpoint(LbEndpoint endpoint, uint priority)
    {
        var socket = Require.Socket(endpoint.Endpoint?.Address);
        // As in Envoy, an unknown status counts as healthy.
        var healthy = endpoint.HealthStatus is HealthStatus.Unknown or HealthStatus.Healthy;
        return new ProxyEndpoint(socket.Address, (int)socket.PortValue, healthy, priority);
    }
}
