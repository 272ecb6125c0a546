using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>A split with what it refers to besides its backends.</summary>
/// <param name="Active">The split as it is applied; null when it is not.</param>
/// <param name="Notes">What was found out about it.</param>
internal sealed record SplitLookup(ActiveSplit? Active, ImmutableArray<ReportNote> Notes);

/// <summary>How the requests to one service are shared.</summary>
/// <param name="Splits">The splits of the service, the senior one first.</param>
/// <param name="Rules">The rules.</param>
/// <param name="Notes">What was found out about the splits.</param>
internal sealed record RootShare(
    ImmutableArray<ActiveSplit> Splits,
    EquatableArray<TrafficSplitRule> Rules,
    ImmutableDictionary<ObjectKey, ImmutableArray<ReportNote>> Notes);

/// <summary>The splits of a namespace resolved, in pieces of which the next resolution takes over what did not change. Immutable.</summary>
/// <param name="Lookups">Every split that can be read.</param>
/// <param name="Roots">Every service that has a split.</param>
/// <param name="Rules">The rules of those services, by port; those of one port in the order in which they are tried.</param>
/// <param name="Notes">What was found out about splits; none for those without notes.</param>
internal sealed record SplitResolution(
    ImmutableDictionary<ObjectKey, SplitLookup> Lookups,
    ImmutableSortedDictionary<NamespacedName, RootShare> Roots,
    ImmutableSortedDictionary<NamespacedName, EquatableArray<TrafficSplitRule>> Rules,
    ImmutableDictionary<ObjectKey, ImmutableArray<ReportNote>> Notes);
