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
    /// <summary>Resolves the splits of a namespace.</summary>
    /// <param name="before">
    /// What was resolved before with the same services, route groups and options; null when there is nothing, or when those changed.
    /// </param>
    /// <param name="changed">With <paramref name="before"/>, the splits that are new, gone or not the same as then.</param>
    /// <param name="decoded">The objects of the namespace.</param>
    /// <param name="services">The services of the namespace.</param>
    /// <param name="options">Choices.</param>
    public static SplitResolution Resolve(
        SplitResolution? before,
        IReadOnlySet<ObjectKey> changed,
        ImmutableDictionary<ObjectKey, DecodedObject> decoded,
        ImmutableDictionary<NamespacedName, ServiceValue> services,
        MeshOptions options)
    {
        if (before is not null && changed.Count == 0)
        {
            return before;
        }

        var lookups = LookUp(before, changed, decoded, services, options);
        var next = before is null ? null : ResolveSome(before, changed, lookups, services, options);
        return next ?? ResolveAll(lookups, services, options);
    }

    private static ImmutableDictionary<ObjectKey, SplitLookup> LookUp(
        SplitResolution? before,
        IReadOnlySet<ObjectKey> changed,
        ImmutableDictionary<ObjectKey, DecodedObject> decoded,
        ImmutableDictionary<NamespacedName, ServiceValue> services,
        MeshOptions options)
    {
        var lookups = (before?.Lookups ?? ImmutableDictionary<ObjectKey, SplitLookup>.Empty).ToBuilder();
        foreach (var key in before is null ? decoded.Keys : changed)
        {
            if (decoded.GetValueOrDefault(key)?.Value is TrafficSplitValue split)
            {
                var notes = new ReportNotes();
                var active = new SplitReferences(decoded, services, options, notes).Find(key, split);
                lookups[key] = new SplitLookup(active, notes.ToNotes().GetValueOrDefault(key, []));
            }
            else
            {
                lookups.Remove(key);
            }
        }

        return lookups.ToImmutable();
    }

    private static SplitResolution ResolveAll(
        ImmutableDictionary<ObjectKey, SplitLookup> lookups,
        ImmutableDictionary<NamespacedName, ServiceValue> services,
        MeshOptions options)
    {
        var groups = lookups.Values.Select(lookup => lookup.Active).OfType<ActiveSplit>().ToLookup(split => split.Root.Name);
        var names = groups.Select(group => group.Key).ToHashSet();
        var roots = groups.ToImmutableSortedDictionary(
            group => group.Key, group => ResolveRoot([.. Order(group)], services, names, options));
        return new SplitResolution(
            lookups,
            roots,
            roots.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value.Rules),
            lookups.Keys.Select(key => (Key: key, Notes: NotesOf(key, lookups, roots)))
                .Where(entry => entry.Notes.Length > 0)
                .ToImmutableDictionary(entry => entry.Key, entry => entry.Notes));
    }

    // Only the roots of what changed. Null when a service begins or ends to be a root: others may have a notice of that.
    private static SplitResolution? ResolveSome(
        SplitResolution before,
        IReadOnlySet<ObjectKey> changed,
        ImmutableDictionary<ObjectKey, SplitLookup> lookups,
        ImmutableDictionary<NamespacedName, ServiceValue> services,
        MeshOptions options)
    {
        var actives = changed.Select(key => lookups.GetValueOrDefault(key)?.Active).OfType<ActiveSplit>().ToList();
        var former = changed.Select(key => before.Lookups.GetValueOrDefault(key)?.Active).OfType<ActiveSplit>();
        var (roots, rules, notes) = (before.Roots.ToBuilder(), before.Rules.ToBuilder(), before.Notes.ToBuilder());
        var names = before.Roots.Keys.ToHashSet();
        var concerned = changed.ToHashSet();
        foreach (var root in former.Concat(actives).Select(split => split.Root.Name).ToHashSet())
        {
            var known = before.Roots.GetValueOrDefault(root);
            var others = known?.Splits.Where(split => !changed.Contains(split.Key)) ?? [];
            var splits = Order(others.Concat(actives.Where(split => split.Root.Name == root))).ToImmutableArray();
            if (known is null || splits.IsEmpty)
            {
                return null;
            }

            var share = ResolveRoot(splits, services, names, options);
            roots[root] = share.Rules == known.Rules ? share with { Rules = known.Rules } : share;
            rules[root] = roots[root].Rules;
            concerned.UnionWith(splits.Select(split => split.Key));
        }

        var shares = roots.ToImmutable();
        foreach (var key in concerned)
        {
            if (NotesOf(key, lookups, shares) is { Length: > 0 } noted)
            {
                notes[key] = noted;
            }
            else
            {
                notes.Remove(key);
            }
        }

        return new SplitResolution(lookups, shares, rules.ToImmutable(), notes.ToImmutable());
    }

    private static ImmutableArray<ReportNote> NotesOf(
        ObjectKey key,
        ImmutableDictionary<ObjectKey, SplitLookup> lookups,
        ImmutableSortedDictionary<NamespacedName, RootShare> roots)
    {
        if (lookups.GetValueOrDefault(key) is not { } lookup)
        {
            return [];
        }

        var ofRoot = lookup.Active is { } active ? roots[active.Root.Name].Notes.GetValueOrDefault(key, []) : [];
        return ofRoot.IsEmpty ? lookup.Notes : lookup.Notes.AddRange(ofRoot);
    }

    private static IEnumerable<ActiveSplit> Order(IEnumerable<ActiveSplit> splits) => splits
        .OrderBy(split => split.Value.Created ?? DateTimeOffset.MaxValue)
        .ThenBy(split => split.Value.Name);

    private static RootShare ResolveRoot(
        ImmutableArray<ActiveSplit> splits,
        ImmutableDictionary<NamespacedName, ServiceValue> services,
        HashSet<NamespacedName> roots,
        MeshOptions options)
    {
        var notes = new ReportNotes();
        var rules = RulesOf(splits, new SplitBackends(services, roots, options, notes), options, notes).ToEquatableArray();
        return new RootShare(splits, rules, notes.ToNotes());
    }

    private static IEnumerable<TrafficSplitRule> RulesOf(
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
