using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using XdsCanary.XdsServer.Model;
using Service = XdsCanary.XdsServer.Model.Service;

namespace XdsCanary.XdsServer.Resources;

/// <summary>
/// Makes cluster load assignments (Envoy <c>config.endpoint.v3.ClusterLoadAssignment</c>). Endpoints carry no weight of their
/// own, so that all count the same.
/// </summary>
internal static class EndpointBuilder
{
    /// <summary>
    /// Makes the assignment of a service's port. Without endpoints it is empty, never absent: a proxy that gets no answer holds
    /// the cluster back until its fetch times out.
    /// </summary>
    /// <param name="service">The service.</param>
    /// <param name="port">The port.</param>
    /// <param name="endpoints">The endpoints, by zone; null for none.</param>
    public static ClusterLoadAssignment Build(Service service, ServicePort port, EndpointGroup? endpoints)
    {
        var assignment = new ClusterLoadAssignment { ClusterName = ResourceNames.Cluster(service.Name, port.Number) };
        LocalityLbEndpoints? locality = null;
        var zone = string.Empty;
        foreach (var endpoint in endpoints?.Endpoints ?? [])
        {
            if (locality is null || zone != endpoint.Zone)
            {
                zone = endpoint.Zone;
                locality = new LocalityLbEndpoints();
                if (zone.Length > 0)
                {
                    locality.Locality = new Locality { Zone = zone };
                }

                assignment.Endpoints.Add(locality);
            }

            locality.LbEndpoints.Add(new LbEndpoint
            {
                Endpoint = Address(endpoint.Address, endpoint.Port, port.Protocol),
                HealthStatus = endpoint.Health == EndpointHealth.Draining ? HealthStatus.Draining : HealthStatus.Healthy,
            });
        }

        return assignment;
    }

    /// <summary>Makes an endpoint of a host and a port.</summary>
    /// <param name="host">An IP address, or a DNS name where the cluster's type resolves names.</param>
    /// <param name="port">The port number.</param>
    /// <param name="protocol">What is spoken on it.</param>
    public static Envoy.Config.Endpoint.V3.Endpoint Address(string host, int port, PortProtocol protocol) => new()
    {
        Address = new Address
        {
            SocketAddress = new SocketAddress
            {
                Protocol = protocol == PortProtocol.Udp ? SocketAddress.Types.Protocol.Udp : SocketAddress.Types.Protocol.Tcp,
                Address = host,
                PortValue = (uint)port,
            },
        },
    };
}
