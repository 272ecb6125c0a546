using System.Collections.Immutable;
using Envoy.Config.Core.V3;
using Envoy.Config.Route.V3;
using Envoy.Type.Matcher.V3;
using Envoy.Type.V3;
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

    /// <summary>
    /// Makes the virtual host of a service's port: the routes with matches first, as given, then the default one.
    /// </summary>
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

    /// <summary>Lists the clusters that a route needs, those of copies included; with repeats.</summary>
    /// <param name="action">What the route does.</param>
    public static IEnumerable<string> ClustersOf(RouteAction action) =>
        (action.WeightedClusters?.Clusters.Select(cluster => cluster.Name) ?? [action.Cluster])
            .Concat(action.RequestMirrorPolicies.Select(policy => policy.Cluster));

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
        route.Route_.WeightedClusters = new WeightedCluster { Clusters = { rule.Backends.Items.Select(Share) } };
        if (rule.Mirror is { } mirror)
        {
            route.Route_.RequestMirrorPolicies.Add(Mirror(mirror));
        }

        return route;

        string Cluster(string service) => ResourceNames.Cluster(new NamespacedName(rule.Root.Namespace, service), rule.Port);

        WeightedCluster.Types.ClusterWeight Share(WeightedBackend backend) => new()
        {
            Name = Cluster(backend.Service),
            Weight = backend.Weight,
            ResponseHeadersToAdd = { SetCookie(backend.SetCookie) },
        };

        RouteAction.Types.RequestMirrorPolicy Mirror(MirrorPolicy policy) => new()
        {
            Cluster = Cluster(policy.Service),
            RuntimeFraction = new RuntimeFractionalPercent
            {
                DefaultValue = new FractionalPercent
                {
                    Numerator = (uint)policy.Percent,
                    Denominator = FractionalPercent.Types.DenominatorType.Hundred,
                },
            },
        };
    }

    // Envoy reads the value as a format in which a percent sign begins a command.
    private static IEnumerable<HeaderValueOption> SetCookie(string? value) => value is null
        ? []
        : [new HeaderValueOption
        {
            Header = new HeaderValue { Key = "set-cookie", Value = value.Replace("%", "%%", StringComparison.Ordinal) },
            AppendAction = HeaderValueOption.Types.HeaderAppendAction.AppendIfExistsOrAdd,
        }];

    private static RouteAction Action(ResourceOptions options) => new() { Timeout = Duration.FromTimeSpan(options.RouteTimeout) };

    private static RouteMatch Match(Model.RouteMatch? match)
    {
        var made = match?.PathRegex is { } path
            ? new RouteMatch { SafeRegex = RegexMatchers.Build(path) }
            : new RouteMatch { Prefix = "/" };
        if (match?.Methods.Count > 0)
        {
            made.Headers.Add(MethodMatcher(match.Methods));
        }

        made.Headers.AddRange((match?.Headers ?? []).Select(HeaderMatcher));
        made.QueryParameters.AddRange((match?.QueryParams ?? []).Select(QueryMatcher));
        return made;
    }

    // One matcher for all methods; a route for each would multiply the routes.
    private static HeaderMatcher MethodMatcher(EquatableArray<string> methods) => new()
    {
        Name = ":method",
        StringMatch = methods.Count == 1
            ? new StringMatcher { Exact = methods[0] }
            : new StringMatcher { SafeRegex = RegexMatchers.Build(string.Join('|', methods)) },
    };

    private static HeaderMatcher HeaderMatcher(HeaderMatch header) => new()
    {
        Name = header.Name,
        StringMatch = Text(header.Value),
    };

    private static QueryParameterMatcher QueryMatcher(QueryMatch parameter) => new()
    {
        Name = parameter.Name,
        StringMatch = Text(parameter.Value),
    };

    private static StringMatcher Text(TextMatch match) => match.Kind switch
    {
        TextMatchKind.Exact => new StringMatcher { Exact = match.Value },
        TextMatchKind.Prefix => new StringMatcher { Prefix = match.Value },
        TextMatchKind.Suffix => new StringMatcher { Suffix = match.Value },
        _ => new StringMatcher { SafeRegex = RegexMatchers.Build(match.Value) },
    };
}
