using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Ingest.Routing;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>
/// Decides which splits apply to which requests (SMI specification, traffic-split). Where several splits have the same root,
/// the senior one wins what both claim: the older by <c>creationTimestamp</c>, those without one after those that have one,
/// then by name. The order in which objects arrive never matters.
/// </summary>
internal static class SplitResolver
{
    /// <summary>Resolves all splits.</summary>
    /// <param name="decoded">The objects.</param>
    /// <param name="services">The services.</param>
    /// <param name="options">Choices.</param>
    /// <param name="notes">Takes the findings.</param>
    /// <returns>The rules, by root and port, those of one port in the order in which they are tried.</returns>
    public static EquatableArray<TrafficSplitRule> Resolve(
        ImmutableDictionary<ObjectKey, DecodedObject> decoded,
        IReadOnlyDictionary<NamespacedName, ServiceValue> services,
        MeshOptions options,
        ReportNotes notes)
    {
        var references = new SplitReferences(decoded, services, options, notes);
        var active = decoded
            .Where(entry => entry.Value.Value is TrafficSplitValue)
            .Select(entry => references.Find(entry.Key, (TrafficSplitValue)entry.Value.Value!))
            .OfType<ActiveSplit>()
            .OrderBy(split => split.Value.Created ?? DateTimeOffset.MaxValue)
            .ThenBy(split => split.Value.Name)
            .ToList();
        var backends = new SplitBackends(services, active.Select(split => split.Root.Name).ToHashSet(), options, notes);
        return active
            .GroupBy(split => split.Root.Name)
            .OrderBy(group => group.Key)
            .SelectMany(group => ResolveRoot([.. group], backends, options, notes))
            .ToEquatableArray();
    }

    private static IEnumerable<TrafficSplitRule> ResolveRoot(
        ImmutableArray<ActiveSplit> splits, SplitBackends backends, MeshOptions options, ReportNotes notes)
    {
        var claims = Claims(splits, notes).ToList();
        foreach (var split in splits)
        {
            NoteIdleMirror(split, notes);
        }

        var shares = claims.Select(claim => claim.Split).Distinct().ToDictionary(split => split, backends.Resolve);
        return
            from port in splits[0].Root.Ports.Items
            where port.IsHttp
            orderby port.Number
            from claim in claims
            let share = shares[claim.Split][port.Number]
            let shared = new TrafficSplitRule(
                splits[0].Root.Name, port.Number, claim.Split.Value.Name, claim.Match, share.Backends, share.Refusal)
            {
                CarriesWeights = claim.Match is null,
            }
            from rule in RoutingRules.Expand(shared, claim.Split.Value.Routing, options)
            select rule;
    }

    // The more conditions the earlier, then by seniority, then as written; last the senior split that takes the rest.
    private static IEnumerable<(ActiveSplit Split, RouteMatch? Match)> Claims(
        ImmutableArray<ActiveSplit> splits, ReportNotes notes)
    {
        var owners = new Dictionary<RouteMatch, ActiveSplit>();
        var claims = new List<(ActiveSplit Split, RouteMatch? Match)>();
        foreach (var split in splits)
        {
            foreach (var match in split.Matches ?? [])
            {
                if (owners.TryAdd(match, split))
                {
                    claims.Add((split, match));
                }
                else if (owners[match] != split)
                {
                    WarnOfConflict(split, owners[match], "some of the same matches", notes);
                }
            }
        }

        var others = splits.Where(split => split.Matches is null).ToList();
        foreach (var loser in others.Skip(1))
        {
            WarnOfConflict(loser, others[0], "all requests", notes);
        }

        return claims
            .OrderByDescending(claim => claim.Match!.Specificity)
            .Concat(others.Take(1).Select(split => (split, (RouteMatch?)null)));
    }

    private static void NoteIdleMirror(ActiveSplit split, ReportNotes notes)
    {
        if (split.Value.Routing?.Mirror?.Service is { } name
            && split.Value.Backends.Items.Any(backend => backend.Service.Text == name && backend.Weight.Sign > 0))
        {
            notes.Inform(
                split.Key, ConditionReasons.MirrorIdle,
                $"Backend '{name}' has a weight, so requests that may go to it are not mirrored to it");
        }
    }

    private static void WarnOfConflict(ActiveSplit loser, ActiveSplit winner, string what, ReportNotes notes) => notes.Warn(
        loser.Key,
        ConditionTypes.Accepted,
        ConditionReasons.SplitConflict,
        $"TrafficSplit '{winner.Value.Name.Name}' comes first (the older, else the first by name) and takes {what} of '{loser.Root.Name.Name}'",
        loser.Value.Root,
        "Remove one of the two, or give each its own matches");
}
