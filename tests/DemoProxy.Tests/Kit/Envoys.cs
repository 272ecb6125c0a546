using Envoy.Config.Cluster.V3;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Listener.V3;
using Envoy.Config.Route.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using XdsCanary.DemoProxy.Xds;
using ListenerFilter = Envoy.Config.Listener.V3.Filter;

namespace XdsCanary.DemoProxy.Tests.Kit;

/// <summary>Envoy resources with defaults, so that a test shows only what matters to it.</summary>
internal static class Envoys
{
    public static Listener Listener(string name, string routes, uint port = 0)
    {
        var manager = new HttpConnectionManager
        {
            StatPrefix = "ingress",
            Rds = new Rds { RouteConfigName = routes, ConfigSource = Ads() },
            HttpFilters = { new HttpFilter { Name = "envoy.filters.http.router", TypedConfig = Any.Pack(new Router()) } },
        };
        return Listener(name, manager, port);
    }

    public static Listener Listener(string name, HttpConnectionManager manager, uint port = 0) => new()
    {
        Name = name,
        Address = Address("127.0.0.1", port),
        FilterChains =
        {
            new FilterChain
            {
                Filters = { new ListenerFilter { Name = "envoy.filters.network.http_connection_manager", TypedConfig = Any.Pack(manager) } },
            },
        },
    };

    public static Cluster Cluster(string name, string? altStatName = null) => new()
    {
        Name = name,
        AltStatName = altStatName ?? string.Empty,
        Type = Envoy.Config.Cluster.V3.Cluster.Types.DiscoveryType.Eds,
        EdsClusterConfig = new Cluster.Types.EdsClusterConfig { EdsConfig = Ads() },
    };

    public static ClusterLoadAssignment Endpoints(string cluster, params int[] ports)
    {
        var locality = new LocalityLbEndpoints();
        locality.LbEndpoints.AddRange(ports.Select(port => new LbEndpoint
        {
            Endpoint = new Endpoint { Address = Address("127.0.0.1", (uint)port) },
        }));
        return new ClusterLoadAssignment { ClusterName = cluster, Endpoints = { locality } };
    }

    public static RouteConfiguration Routes(string name, params Route[] routes)
    {
        var host = new VirtualHost { Name = "all", Domains = { "*" } };
        host.Routes.AddRange(routes);
        return new RouteConfiguration { Name = name, VirtualHosts = { host } };
    }

    public static Route Split(params (string Cluster, uint Weight)[] shares)
    {
        var weighted = new WeightedCluster();
        weighted.Clusters.AddRange(shares.Select(share => new WeightedCluster.Types.ClusterWeight { Name = share.Cluster, Weight = share.Weight }));
        return new Route { Match = new RouteMatch { Prefix = "/" }, Route_ = new RouteAction { WeightedClusters = weighted } };
    }

    public static Route To(string cluster) =>
        new() { Match = new RouteMatch { Prefix = "/" }, Route_ = new RouteAction { Cluster = cluster } };

    public static DeltaDiscoveryResponse Response<T>(string type, string nonce, string version, params T[] messages)
        where T : IMessage
    {
        var response = new DeltaDiscoveryResponse { TypeUrl = type, Nonce = nonce };
        response.Resources.AddRange(messages.Select(message => Resource(message, version)));
        return response;
    }

    public static Resource Resource(IMessage message, string version) =>
        new() { Name = NameOf(message), Version = version, Resource_ = Any.Pack(message) };

    public static string TypeOf(IMessage message) => message switch
    {
        Envoy.Config.Cluster.V3.Cluster => XdsTypes.Cluster,
        ClusterLoadAssignment => XdsTypes.Endpoint,
        Envoy.Config.Listener.V3.Listener => XdsTypes.Listener,
        _ => XdsTypes.Route,
    };

    public static string NameOf(IMessage message) => message switch
    {
        Cluster cluster => cluster.Name,
        ClusterLoadAssignment assignment => assignment.ClusterName,
        Listener listener => listener.Name,
        RouteConfiguration routes => routes.Name,
        _ => throw new ArgumentException("not an xDS resource", nameof(message)),
    };

    public static ConfigSource Ads() => new() { Ads = new AggregatedConfigSource(), ResourceApiVersion = ApiVersion.V3 };

    private static Address Address(string host, uint port) => new() { SocketAddress = new SocketAddress { Address = host, PortValue = port } };
}
