using System.Net;
using Envoy.Config.Listener.V3;
using Envoy.Extensions.Filters.Network.HttpConnectionManager.V3;
using Google.Protobuf;
using XdsCanary.DemoProxy.Model;

namespace XdsCanary.DemoProxy.Reading;

/// <summary>Reads Listeners: those with one filter chain that holds an HTTP connection manager.</summary>
internal static class ListenerReader
{
    private const string ManagerType = "envoy.extensions.filters.network.http_connection_manager.v3.HttpConnectionManager";
    private const string RouterType = "envoy.extensions.filters.http.router.v3.Router";

    /// <summary>Reads a listener.</summary>
    /// <param name="listener">The resource.</param>
    /// <exception cref="UnusableResourceException">It cannot be used.</exception>
    public static ListenerSpec Read(Listener listener)
    {
        Require.Absent(listener.ApiListener is not null, "api_listener");
        Require.Absent(listener.UdpListenerConfig is not null, "udp_listener_config");
        Require.Absent(listener.AdditionalAddresses.Count > 0, "additional_addresses");
        Require.Absent(listener.ListenerFilters.Count > 0, "listener_filters");
        var manager = ReadManager(OnlyChain(listener));
        var (routeName, inline) = ReadRoutes(manager);
        return new ListenerSpec(
            listener.Name,
            ReadAddress(listener),
            manager.StatPrefix.Replace(':', '_'),
            routeName,
            inline,
            IgnorePort: manager.StripMatchingHostPort || manager.StripAnyHostPort);
    }

    private static FilterChain OnlyChain(Listener listener)
    {
        var chains = listener.DefaultFilterChain is { } last ? [.. listener.FilterChains, last] : listener.FilterChains.ToArray();
        if (chains is not [var chain])
        {
            throw Require.Unusable($"it has {chains.Length} filter chains; the embedded data plane needs exactly one");
        }

        Require.PlainText(chain.TransportSocket);
        return chain;
    }

    private static HttpConnectionManager ReadManager(FilterChain chain)
    {
        if (chain.Filters is not [{ TypedConfig: { } packed }])
        {
            throw Require.Unusable("its filter chain must hold one network filter, an HTTP connection manager");
        }

        if (!packed.TypeUrl.EndsWith("/" + ManagerType, StringComparison.Ordinal))
        {
            throw Require.Unusable($"network filter '{chain.Filters[0].Name}' is not supported by the embedded data plane");
        }

        try
        {
            var manager = HttpConnectionManager.Parser.ParseFrom(packed.Value);
            CheckHttpFilters(manager);
            return manager;
        }
        catch (InvalidProtocolBufferException)
        {
            throw Require.Unusable("its HTTP connection manager cannot be decoded");
        }
    }

    private static void CheckHttpFilters(HttpConnectionManager manager)
    {
        var active = manager.HttpFilters.Where(filter => !filter.Disabled).ToArray();
        var foreign = active.FirstOrDefault(filter => !filter.IsOptional && !IsRouter(filter));
        if (foreign is not null)
        {
            throw Require.Unusable($"HTTP filter '{foreign.Name}' is not supported by the embedded data plane");
        }

        if (!active.Any(IsRouter))
        {
            throw Require.Unusable("its HTTP connection manager has no router filter");
        }
    }

    private static bool IsRouter(HttpFilter filter) =>
        filter.TypedConfig?.TypeUrl.EndsWith("/" + RouterType, StringComparison.Ordinal) == true;

    private static (string? RouteName, RouteTable? Inline) ReadRoutes(HttpConnectionManager manager)
    {
        switch (manager.RouteSpecifierCase)
        {
            case HttpConnectionManager.RouteSpecifierOneofCase.Rds:
                Require.Ads(manager.Rds.ConfigSource, "rds.config_source");
                return manager.Rds.RouteConfigName.Length > 0
                    ? (manager.Rds.RouteConfigName, null)
                    : throw Require.Unusable("rds.route_config_name is empty");
            case HttpConnectionManager.RouteSpecifierOneofCase.RouteConfig:
                return (null, RouteTableReader.Read(manager.RouteConfig));
            default:
                throw Require.Unusable(
                    $"the route specifier {manager.RouteSpecifierCase} is not supported by the embedded data plane");
        }
    }

    private static IPEndPoint ReadAddress(Listener listener)
    {
        var socket = Require.Socket(listener.Address);
        return IPAddress.TryParse(socket.Address, out var address)
            ? new IPEndPoint(address, (int)socket.PortValue)
            : throw Require.Unusable($"'{socket.Address}' is not an IP address to listen on");
    }
}
