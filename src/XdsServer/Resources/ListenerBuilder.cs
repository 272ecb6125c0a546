using Envoy.Config.Core.V3;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Http.Router.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf.WellKnownTypes;

namespace XdsCanary.XdsServer.Resources;

/// <summary>Makes the listener (Envoy <c>config.listener.v3.Listener</c>) through which requests enter.</summary>
internal static class ListenerBuilder
{
    private const string HttpConnectionManagerName = "envoy.filters.network.http_connection_manager";
    private const string RouterName = "envoy.filters.http.router";

    /// <summary>Makes the listener; its routes come over the same ADS stream.</summary>
    /// <param name="options">Choices.</param>
    public static Listener Build(ResourceOptions options) => new()
    {
        Name = ResourceNames.Listener,
        Address = new Address
        {
            SocketAddress = new SocketAddress
            {
                Address = options.ListenerAddress,
                PortValue = (uint)options.ListenerPort,
            },
        },
        FilterChains =
        {
            new FilterChain
            {
                Filters = { new Filter { Name = HttpConnectionManagerName, TypedConfig = Any.Pack(ConnectionManager()) } },
            },
        },
    };

    private static HttpConnectionManager ConnectionManager() => new()
    {
        StatPrefix = ResourceNames.Listener,
        Rds = new Rds { ConfigSource = ConfigSources.Ads(), RouteConfigName = ResourceNames.RouteConfiguration },
        HttpFilters = { new HttpFilter { Name = RouterName, TypedConfig = Any.Pack(new Router()) } },
        UpgradeConfigs = { new HttpConnectionManager.Types.UpgradeConfig { UpgradeType = "websocket" } },

        // Clients may end a full name with a dot; domains are written without it.
        StripTrailingHostDot = true,
    };
}
