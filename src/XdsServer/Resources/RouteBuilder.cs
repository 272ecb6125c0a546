using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Config.Route.V3;
using Envoy.Type.Matcher.V3;
using Google.Protobuf.WellKnownTypes;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;
using HeaderMatch = XdsCanary.XdsServer.Model.HeaderMatch;
using Route = Envoy.Config.Route.V3.Route;
using RouteMatch = Envoy.Config.Route.V3.RouteMatch;

namespace XdsCanary.XdsServer.Resources;

/// <summary>Makes virtual hosts and the routes in them (Envoy <c>config.route.v3</c>).</summary>
internal static class RouteBuilder
{
    private const uint ServiceUnavailable = 503;

    // Envoy refuses expressions whose compiled program is longer than a runtime setting, by default 100, unless they bring
    // their own limit. That would turn an ordinary ".{0,100}" into a rejected route configuration.
    private const uint MaximumProgramSize = 1 << 20;

    /// <summary>Makes the virtual host of a service's port: the routes with matches first, as given, then the default one.</summary>
    /// <param name="service">The service.</param>
    /// <param name="port">An HTTP port of it.</param>
    /// <param name="rules">The rules of that port, in the order in which they are tried.</param>
    /// <param name="domains">The domains; at least one.</param>
    /// <param name="options">Choices.</param>
    public static VirtualHost Build(
        Service service,
        ServicePort port,
        ImmutableArray<TrafficSplitRule> rules,
        EquatableArray<string> domains,
        ResourceOptions options)
    {
        var host = new VirtualHost { Name = ResourceNames.VirtualHost(service, port), Domains = { domains } };
        host.Routes.AddRange(rules.Select(rule => SplitRoute(rule, options)));
        if (rules.All(rule => rule.Match is not null))
        {
            var action = Action(options);
            action.Cluster = ResourceNames.Cluster(service.Name, port.Number);
            host.Routes.Add(new Route { Match = Match(null), Route_ = action });
        }

        return host;
    }

    private static Route SplitRoute(TrafficSplitRule rule, ResourceOptions options)
    {
        var route = new Route { Name = rule.Split.ToString(), Match = Match(rule.Match) };
        if (rule.Refusal is not null)
        {
            route.DirectResponse = new DirectResponseAction
            {
                Status = ServiceUnavailable,
                Body = new DataSource { InlineString = $"{rule.Refusal}\n" },
            };
            return route;
        }

        // A weight of 0 stays in the list: its cluster's statistics and settings remain, and shifting back changes a number only.
        route.Route_ = Action(options);
        route.Route_.WeightedClusters = new WeightedCluster
        {
            Clusters =
            {
                rule.Backends.Items.Select(backend => new WeightedCluster.Types.ClusterWeight
                {
                    Name = ResourceNames.Cluster(new NamespacedName(rule.Root.Namespace, backend.Service), rule.Port),
                    Weight = backend.Weight,
                }),
            },
        };
        return route;
    }

    private static RouteAction Action(ResourceOptions options) => new() { Timeout = Duration.FromTimeSpan(options.RouteTimeout) };

    private static RouteMatch Match(Model.RouteMatch? match)
    {
        var made = match?.PathRegex is { } path ? new RouteMatch { SafeRegex = Regex(path) } : new RouteMatch { Prefix = "/" };
        if (match?.Methods.Count > 0)
        {
            made.Headers.Add(MethodMatcher(match.Methods));
        }

        made.Headers.AddRange((match?.Headers ?? []).Select(HeaderMatcher));
        return made;
    }

    // One matcher for all methods; a route for each would multiply the routes.
    private static HeaderMatcher MethodMatcher(EquatableArray<string> methods) => new()
    {
        Name = ":method",
        StringMatch = methods.Count == 1
            ? new StringMatcher { Exact = methods[0] }
            : new StringMatcher { SafeRegex = Regex(string.Join('|', methods)) },
    };

    private static HeaderMatcher HeaderMatcher(HeaderMatch header) => new()
    {
        Name = header.Name,
        StringMatch = new StringMatcher { SafeRegex = Regex(header.Regex) },
    };

    private static RegexMatcher Regex(string regex) => new()
    {
#pragma warning disable CS0612 // Deprecated in favour of a runtime setting, which a control plane cannot count on.
        GoogleRe2 = new RegexMatcher.Types.GoogleRE2 { MaxProgramSize = MaximumProgramSize },
#pragma warning restore CS0612
        Regex = regex,
    };
}
