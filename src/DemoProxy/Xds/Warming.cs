using System.Collections.Immutable;
using Envoy.Service.Discovery.V3;

namespace XdsCanary.DemoProxy.Xds;

/// <summary>
/// What follows from a state by itself: clusters and listeners that have all they need go into service, names that are
/// referred to are subscribed to, answers that waited for clusters go out.
/// </summary>
internal static class Warming
{
    /// <summary>Draws the consequences.</summary>
    /// <param name="state">A state.</param>
    /// <param name="replies">The answers to send before any request that follows from the state.</param>
    public static XdsStep Settle(XdsClientState state, ImmutableArray<DeltaDiscoveryRequest> replies)
    {
        state = state with
        {
            ActiveClusters = state.ActiveClusters.SetItems(state.Clusters
                .Where(entry => entry.Value.Value.EndpointName is not { } name || !state.Awaited.ContainsKey(name))
                .Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Value))),
            ActiveListeners = state.ActiveListeners.SetItems(state.Listeners
                .Where(entry => entry.Value.Value.RouteName is not { } name || state.Routes.ContainsKey(name))
                .Select(entry => KeyValuePair.Create(entry.Key, entry.Value.Value))),
        };
        var requests = replies.ToBuilder();
        state = SubscribeEndpoints(SubscribeRoutes(state, requests), requests);
        return new XdsStep(SendReplies(state, requests), requests.ToImmutable());
    }

    private static XdsClientState SubscribeEndpoints(
        XdsClientState state, ImmutableArray<DeltaDiscoveryRequest>.Builder requests)
    {
        var wanted = Specs(state.Clusters).Concat(state.ActiveClusters.Values).Select(cluster => cluster.EndpointName)
            .OfType<string>().ToImmutableSortedSet(StringComparer.Ordinal);
        Subscribe(XdsTypes.Endpoint, state.EndpointNames, wanted, requests);
        return state with
        {
            EndpointNames = wanted,
            Endpoints = state.Endpoints.RemoveRange(state.Endpoints.Keys.Except(wanted)),
            Awaited = state.Awaited.RemoveRange(state.Awaited.Keys.Except(wanted)),
        };
    }

    private static XdsClientState SubscribeRoutes(
        XdsClientState state, ImmutableArray<DeltaDiscoveryRequest>.Builder requests)
    {
        var wanted = Specs(state.Listeners).Concat(state.ActiveListeners.Values).Select(listener => listener.RouteName)
            .OfType<string>().ToImmutableSortedSet(StringComparer.Ordinal);
        Subscribe(XdsTypes.Route, state.RouteNames, wanted, requests);
        return state with
        {
            RouteNames = wanted,
            Routes = state.Routes.RemoveRange(state.Routes.Keys.Except(wanted)),
        };
    }

    private static IEnumerable<T> Specs<T>(ImmutableDictionary<string, Held<T>> held) => held.Values.Select(entry => entry.Value);

    private static void Subscribe(
        string type, ImmutableSortedSet<string> before, ImmutableSortedSet<string> after,
        ImmutableArray<DeltaDiscoveryRequest>.Builder requests)
    {
        var request = new DeltaDiscoveryRequest { TypeUrl = type };
        request.ResourceNamesSubscribe.AddRange(after.Except(before));
        request.ResourceNamesUnsubscribe.AddRange(before.Except(after));
        if (request.ResourceNamesSubscribe.Count + request.ResourceNamesUnsubscribe.Count > 0)
        {
            requests.Add(request);
        }
    }

    /// <summary>Sends the answers whose clusters are warm; one that waits holds up those after it, for order's sake.</summary>
    private static XdsClientState SendReplies(XdsClientState state, ImmutableArray<DeltaDiscoveryRequest>.Builder requests)
    {
        var ready = state.ClusterReplies.TakeWhile(reply => !reply.Clusters.Any(state.IsWarming)).ToArray();
        requests.AddRange(ready.Select(reply => reply.Request));
        return state with { ClusterReplies = state.ClusterReplies.RemoveRange(0, ready.Length) };
    }
}
