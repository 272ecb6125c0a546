using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Config.Route.V3;
using Google.Protobuf.Collections;
using XdsCanary.DemoProxy.Model;
using Route = XdsCanary.DemoProxy.Model.Route;
using VirtualHost = XdsCanary.DemoProxy.Model.VirtualHost;
using WireHost = Envoy.Config.Route.V3.VirtualHost;
using WireRoute = Envoy.Config.Route.V3.Route;

namespace XdsCanary.DemoProxy.Reading;

/// <summary>Reads RouteConfigurations.</summary>
internal static class RouteTableReader
{
    /// <summary>Reads a route configuration.</summary>
    /// <param name="configuration">The resource.</param>
    /// <exception cref="UnusableResourceException">It cannot be used.</exception>
    public static RouteTable Read(RouteConfiguration configuration)
    {
        Require.Absent(configuration.Vhds is not null, "vhds");
        Require.Absent(configuration.RequestMirrorPolicies.Count > 0, "request_mirror_policies");
        HeadersUntouched(
            configuration.RequestHeadersToAdd, configuration.RequestHeadersToRemove,
            configuration.ResponseHeadersToAdd, configuration.ResponseHeadersToRemove);
        var hosts = configuration.VirtualHosts.Select(ReadHost).ToImmutableArray();
        if (hosts.GroupBy(host => host.Name).FirstOrDefault(group => group.Count() > 1) is { } repeated)
        {
            throw Require.Unusable($"the virtual host name '{repeated.Key}' occurs more than once");
        }

        try
        {
            return new RouteTable(configuration.Name, DomainIndex.Create(hosts), configuration.IgnorePortInHostMatching);
        }
        catch (ArgumentException exception)
        {
            throw Require.Unusable(exception.Message);
        }
    }

    private static VirtualHost ReadHost(WireHost host)
    {
        Require.Absent(host.Matcher is not null, $"virtual host '{host.Name}': matcher");
        Require.Absent(host.RequestMirrorPolicies.Count > 0, $"virtual host '{host.Name}': request_mirror_policies");
        Require.Absent(host.RequireTls != WireHost.Types.TlsRequirementType.None, $"virtual host '{host.Name}': require_tls");
        HeadersUntouched(
            host.RequestHeadersToAdd, host.RequestHeadersToRemove, host.ResponseHeadersToAdd, host.ResponseHeadersToRemove);
        if (host.Domains.Count == 0)
        {
            throw Require.Unusable($"virtual host '{host.Name}' has no domains");
        }

        foreach (var domain in host.Domains)
        {
            CheckDomain(host.Name, domain);
        }

        return new VirtualHost(
            host.Name, [.. host.Domains], [.. host.Routes.Select((route, index) => ReadRoute(host, route, index))]);
    }

    private static void CheckDomain(string host, string domain)
    {
        var star = domain.IndexOf('*', StringComparison.Ordinal);
        if (domain.Length == 0 || star != domain.LastIndexOf('*') || (star > 0 && star < domain.Length - 1))
        {
            throw Require.Unusable($"virtual host '{host}': the domain '{domain}' is not valid");
        }
    }

    private static Route ReadRoute(WireHost host, WireRoute route, int index)
    {
        try
        {
            HeadersUntouched(
                route.RequestHeadersToAdd, route.RequestHeadersToRemove,
                route.ResponseHeadersToAdd, route.ResponseHeadersToRemove);
            return new Route(route.Name, MatchReader.Read(route.Match), ActionReader.Read(route));
        }
        catch (UnusableResourceException fault)
        {
            var name = route.Name.Length > 0 ? $"'{route.Name}'" : $"{index}";
            throw Require.Unusable($"virtual host '{host.Name}', route {name}: {fault.Message}");
        }
    }

    private static void HeadersUntouched(
        RepeatedField<HeaderValueOption> requestAdd, RepeatedField<string> requestRemove,
        RepeatedField<HeaderValueOption> responseAdd, RepeatedField<string> responseRemove)
    {
        Require.Absent(requestAdd.Count > 0, "request_headers_to_add");
        Require.Absent(requestRemove.Count > 0, "request_headers_to_remove");
        Require.Absent(responseAdd.Count > 0, "response_headers_to_add");
        Require.Absent(responseRemove.Count > 0, "response_headers_to_remove");
    }
}
