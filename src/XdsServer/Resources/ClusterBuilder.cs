using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Extensions.TransportSockets.Tls.V3;
using Google.Protobuf.WellKnownTypes;
using XdsCanary.XdsServer.Model;
using HttpProtocolOptions = Envoy.Extensions.Upstreams.Http.V3.HttpProtocolOptions;
using Service = XdsCanary.XdsServer.Model.Service;

namespace XdsCanary.XdsServer.Resources;

/// <summary>Makes clusters (Envoy <c>config.cluster.v3.Cluster</c>).</summary>
internal static class ClusterBuilder
{
    // The keys by which Envoy finds the extensions.
    private const string HttpOptionsKey = "envoy.extensions.upstreams.http.v3.HttpProtocolOptions";
    private const string TlsName = "envoy.transport_sockets.tls";

    /// <summary>
    /// Makes the cluster of a service's port. Its endpoints come over the same ADS stream under the cluster's own name; those
    /// of an external name are looked up by the proxy.
    /// </summary>
    /// <param name="service">The service.</param>
    /// <param name="port">The port.</param>
    /// <param name="group">The nodes.</param>
    /// <param name="options">Choices.</param>
    public static Cluster Build(Service service, ServicePort port, NodeGroup group, ResourceOptions options)
    {
        var cluster = new Cluster
        {
            Name = ResourceNames.Cluster(service.Name, port.Number),
            AltStatName = ResourceNames.Statistics(service, port, group),
            ConnectTimeout = Duration.FromTimeSpan(options.ConnectTimeout),
        };
        if (service.ExternalName is null)
        {
            cluster.Type = Cluster.Types.DiscoveryType.Eds;
            cluster.EdsClusterConfig = new Cluster.Types.EdsClusterConfig
            {
                EdsConfig = ConfigSources.Ads(),
                ServiceName = cluster.Name,
            };
        }
        else
        {
            // Most networks have IPv4; the default would take an IPv6 address that cannot be reached.
            cluster.Type = Cluster.Types.DiscoveryType.LogicalDns;
            cluster.DnsLookupFamily = Cluster.Types.DnsLookupFamily.V4Preferred;
            cluster.LoadAssignment = ExternalAssignment(cluster.Name, service.ExternalName, port);
        }

        SetProtocol(cluster, service, port);
        return cluster;
    }

    private static ClusterLoadAssignment ExternalAssignment(string cluster, string host, ServicePort port) => new()
    {
        ClusterName = cluster,
        Endpoints =
        {
            new LocalityLbEndpoints
            {
                LbEndpoints = { new LbEndpoint { Endpoint = EndpointBuilder.Address(host, port.Number, port.Protocol) } },
            },
        },
    };

    private static void SetProtocol(Cluster cluster, Service service, ServicePort port)
    {
        if (port.Protocol == PortProtocol.Http2)
        {
            cluster.TypedExtensionProtocolOptions.Add(HttpOptionsKey, Any.Pack(new HttpProtocolOptions
            {
                ExplicitHttpConfig = new HttpProtocolOptions.Types.ExplicitHttpConfig
                {
                    Http2ProtocolOptions = new Http2ProtocolOptions(),
                },
            }));
        }
        else if (port.Protocol == PortProtocol.Https)
        {
            // Nothing in a Service says which certificates to trust, so the peer's is not checked.
            cluster.TransportSocket = new TransportSocket
            {
                Name = TlsName,
                TypedConfig = Any.Pack(new UpstreamTlsContext { Sni = service.ExternalName ?? string.Empty }),
            };
        }
    }
}
