using System.Collections.Immutable;
using Envoy.Service.Discovery.V3;
using XdsCanary.DemoProxy.Model;

namespace XdsCanary.DemoProxy.Xds;

/// <summary>
/// All that the client knows: what it holds, what of it serves, what it waits for, and what it owes to the control plane.
/// Immutable; <see cref="XdsClientProtocol"/> makes the next state from an event.
/// </summary>
internal sealed record XdsClientState
{
    /// <summary>A client that has never been connected.</summary>
    public static XdsClientState Initial { get; } = new();

    /// <summary>The listeners accepted last, by name.</summary>
    public ImmutableDictionary<string, Held<ListenerSpec>> Listeners { get; init; } =
        ImmutableDictionary<string, Held<ListenerSpec>>.Empty;

    /// <summary>The route configurations accepted last, by name.</summary>
    public ImmutableDictionary<string, Held<RouteTable>> Routes { get; init; } =
        ImmutableDictionary<string, Held<RouteTable>>.Empty;

    /// <summary>The clusters accepted last, by name; those that are not active as they stand here are warming.</summary>
    public ImmutableDictionary<string, Held<ClusterSpec>> Clusters { get; init; } =
        ImmutableDictionary<string, Held<ClusterSpec>>.Empty;

    /// <summary>The endpoints accepted last, by the name they are asked for.</summary>
    public ImmutableDictionary<string, Held<EndpointSet>> Endpoints { get; init; } =
        ImmutableDictionary<string, Held<EndpointSet>>.Empty;

    /// <summary>The listeners that serve: those whose routes have arrived. A changed one serves as before until then.</summary>
    public ImmutableDictionary<string, ListenerSpec> ActiveListeners { get; init; } =
        ImmutableDictionary<string, ListenerSpec>.Empty;

    /// <summary>The clusters that serve: those that are warm. A changed one serves as before until it has warmed.</summary>
    public ImmutableDictionary<string, ClusterSpec> ActiveClusters { get; init; } =
        ImmutableDictionary<string, ClusterSpec>.Empty;

    /// <summary>
    /// The endpoint names of which news must come before their clusters are warm, and when (on the client's clock) the
    /// waiting ends. As in Envoy this includes names whose endpoints are held: a changed cluster waits for them again.
    /// </summary>
    public ImmutableDictionary<string, TimeSpan> Awaited { get; init; } = ImmutableDictionary<string, TimeSpan>.Empty;

    /// <summary>The route configurations subscribed to.</summary>
    public ImmutableSortedSet<string> RouteNames { get; init; } = ImmutableSortedSet<string>.Empty;

    /// <summary>The endpoints subscribed to.</summary>
    public ImmutableSortedSet<string> EndpointNames { get; init; } = ImmutableSortedSet<string>.Empty;

    /// <summary>The answers to cluster responses that wait for clusters to warm, in the order of the responses.</summary>
    public ImmutableArray<PendingReply> ClusterReplies { get; init; } = [];

    /// <summary>When the next wait for endpoints ends; null when nothing is awaited.</summary>
    public TimeSpan? NextDeadline => Awaited.IsEmpty ? null : Awaited.Values.Min();

    /// <summary>Tells whether a cluster waits for its endpoints before it serves as it is held.</summary>
    /// <param name="name">The cluster.</param>
    public bool IsWarming(string name) =>
        Clusters.TryGetValue(name, out var held)
        && held.Value.EndpointName is { } endpoints
        && Awaited.ContainsKey(endpoints)
        && !ReferenceEquals(ActiveClusters.GetValueOrDefault(name), held.Value);

    /// <summary>The versions held, by type URL and name.</summary>
    public ImmutableDictionary<string, ImmutableDictionary<string, string>> HeldVersions() =>
        ImmutableDictionary<string, ImmutableDictionary<string, string>>.Empty
            .Add(XdsTypes.Listener, Versions(Listeners))
            .Add(XdsTypes.Route, Versions(Routes))
            .Add(XdsTypes.Cluster, Versions(Clusters))
            .Add(XdsTypes.Endpoint, Versions(Endpoints));

    private static ImmutableDictionary<string, string> Versions<T>(ImmutableDictionary<string, Held<T>> held) =>
        held.Where(entry => entry.Value.Version is not null)
            .ToImmutableDictionary(entry => entry.Key, entry => entry.Value.Version!);
}

/// <summary>An answer to a cluster response that waits for the clusters of that response.</summary>
/// <param name="Request">The answer.</param>
/// <param name="Clusters">The clusters that must be warm first.</param>
internal sealed record PendingReply(DeltaDiscoveryRequest Request, ImmutableArray<string> Clusters);
