using System.Text.RegularExpressions;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest.Routing;

/// <summary>
/// Turns a split with its annotation <c>xdscanary.io/routing</c> into rules: first the clients that a cookie keeps where they
/// are, then the requests that go by the weights, last those that do not match.
/// </summary>
internal static partial class RoutingRules
{
    private static readonly RouteMatch Anything = new(null, [], []);

    /// <summary>Makes the rules that stand for one.</summary>
    /// <param name="shared">The rule without the annotation.</param>
    /// <param name="routing">The annotation; null for none.</param>
    /// <param name="options">Choices.</param>
    /// <returns>The rules, in the order in which they are tried.</returns>
    public static IEnumerable<TrafficSplitRule> Expand(TrafficSplitRule shared, SplitRouting? routing, MeshOptions options)
    {
        if (routing is null || shared.Refusal is not null)
        {
            return [shared];
        }

        var mirror = routing.Mirror is { } wanted && Find(shared, wanted.Service, options) is { } target
            ? wanted with { Service = target.Service }
            : null;
        return Affine(shared, routing.Affinity, options)
            .Concat(Matched(Weighted(shared, routing.Affinity, options), routing, options))
            .Select(rule => Mirrored(rule, mirror));
    }

    private static IEnumerable<TrafficSplitRule> Affine(TrafficSplitRule shared, SplitAffinity? affinity, MeshOptions options)
    {
        if (affinity is null)
        {
            yield break;
        }

        var (backend, fallback) = Backends(shared, affinity, options);
        if (affinity.Cookie is { } cookie && backend?.Weight > 0)
        {
            yield return Only(shared, backend, CookieRule(cookie));
        }

        if (affinity.PrimaryCookie is { } primary && backend?.Weight > 0 && fallback?.Weight > 0)
        {
            yield return Only(shared, fallback, CookieRule(primary));
        }

        if (affinity.PreviousCookie is { } previous && fallback is not null)
        {
            yield return Only(shared, fallback with { SetCookie = previous.SetCookie }, CookieRule(previous));
        }
    }

    private static IEnumerable<TrafficSplitRule> Matched(TrafficSplitRule weighted, SplitRouting routing, MeshOptions options)
    {
        if (routing.Match.Count == 0)
        {
            return [weighted];
        }

        var others = Find(weighted, routing.Fallback ?? string.Empty, options);
        return routing.Match.Items
            .Select(entry => weighted with
            {
                Match = (weighted.Match ?? Anything).And(entry.Headers.Items, entry.QueryParams.Items),
            })
            .Append(others is not null
                ? Only(weighted, others with { SetCookie = null }, null)
                : weighted with
                {
                    Backends = [],
                    Refusal = $"TrafficSplit {weighted.Split}: its fallback '{routing.Fallback}' takes no request on port {weighted.Port}",
                    CarriesWeights = false,
                });
    }

    // Cookies are given only while there is a choice: without one they would keep clients from nothing.
    private static TrafficSplitRule Weighted(TrafficSplitRule shared, SplitAffinity? affinity, MeshOptions options)
    {
        if (affinity is null || Backends(shared, affinity, options) is not ({ Weight: > 0 } backend, var fallback))
        {
            return shared;
        }

        return shared with
        {
            Backends = shared.Backends.Items
                .Select(entry => entry == backend ? entry with { SetCookie = affinity.Cookie?.SetCookie }
                    : entry == fallback ? entry with { SetCookie = affinity.PrimaryCookie?.SetCookie }
                    : entry)
                .ToEquatableArray(),
        };
    }

    // A proxy copies requests before it knows which backend of several they go to, so that one with a weight would get the
    // requests that it answers a second time.
    private static TrafficSplitRule Mirrored(TrafficSplitRule rule, MirrorPolicy? mirror) =>
        rule.Refusal is not null || rule.Backends.Items.Any(backend => backend.Service == mirror?.Service && backend.Weight > 0)
            ? rule
            : rule with { Mirror = mirror };

    private static TrafficSplitRule Only(TrafficSplitRule shared, WeightedBackend backend, HeaderMatch? header) => shared with
    {
        Match = header is null ? shared.Match : (shared.Match ?? Anything).And([header], []),
        Backends = [backend with { Weight = 1 }],
        CarriesWeights = false,
    };

    private static (WeightedBackend? Backend, WeightedBackend? Fallback) Backends(
        TrafficSplitRule rule, SplitAffinity affinity, MeshOptions options) =>
        (Find(rule, affinity.Backend, options), Find(rule, affinity.Fallback ?? string.Empty, options));

    // Backends without the rule's port, or without a Service, are not among those of the rule.
    private static WeightedBackend? Find(TrafficSplitRule rule, string text, MeshOptions options) =>
        ServiceReference.Resolve(text, rule.Split.Namespace, options.ClusterDomain) is { } name
            ? rule.Backends.Items.FirstOrDefault(backend => backend.Service == name)
            : null;

    // The cookie as a whole: not a part of another one's name or value.
    private static HeaderMatch CookieRule(AffinityCookie cookie) =>
        new("cookie", TextMatch.Regex($"(.*; *)?{Quoted().Replace(cookie.Pair, @"\$0")}( *;.*)?"));

    [GeneratedRegex(@"[\\.+*?()|\[\]{}^$]")]
    private static partial Regex Quoted();
}
