using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Protocol;

/// <summary>
/// The two waits of make-before-break: routes wait for the clusters that they start to use, removals wait for the routes and
/// listeners that stop using what goes. Both waits end by themselves.
/// </summary>
internal static class PushGates
{
    /// <summary>
    /// Until when a resource must wait because it refers to clusters that the client may not have ready: they were not sent
    /// yet, or the response that brought them (or their endpoints) is not acknowledged.
    /// </summary>
    /// <param name="stream">The stream.</param>
    /// <param name="snapshot">The snapshot being sent.</param>
    /// <param name="resources">The routes about to be sent.</param>
    /// <param name="now">The stream's clock.</param>
    /// <returns>The end of the wait; null when there is nothing to wait for.</returns>
    public static TimeSpan? ClustersPendingUntil(
        StreamState stream, XdsSnapshot snapshot, IReadOnlyList<VersionedResource> resources, TimeSpan now)
    {
        var clusters = stream.Find(ResourceType.Cluster);
        if (clusters is null || !clusters.IsPending(now, stream.Settings))
        {
            clusters = null;
        }

        var endpoints = stream.Find(ResourceType.Endpoint);
        if (endpoints is null || !endpoints.IsPending(now, stream.Settings))
        {
            endpoints = null;
        }

        if (clusters is null && endpoints is null)
        {
            return null;
        }

        var typed = snapshot.Get(ResourceType.Cluster);
        foreach (var resource in resources)
        {
            foreach (var name in resource.References)
            {
                if (clusters is not null && (IsIntroduced(clusters, name) || IsUnsent(clusters, typed, name)))
                {
                    return clusters.Outstanding!.SentAt + stream.Settings.AckTimeout;
                }

                if (endpoints is not null && typed.Find(name)?.EndpointsName is { } endpointsName
                    && (IsIntroduced(endpoints, endpointsName) || endpoints.Owed.Contains(endpointsName)))
                {
                    return endpoints.Outstanding!.SentAt + stream.Settings.AckTimeout;
                }
            }
        }

        return null;
    }

    /// <summary>Until when the held removals of a type must wait.</summary>
    /// <param name="stream">The stream.</param>
    /// <param name="type">The state of the type with held removals.</param>
    /// <param name="snapshot">The snapshot being sent.</param>
    /// <param name="now">The stream's clock.</param>
    /// <returns>
    /// Null when they may go; <see cref="TimeSpan.MaxValue"/> while the routes without them are not sent yet, which has a limit
    /// of its own, or are rejected by the client, because it goes on with its old ones.
    /// </returns>
    public static TimeSpan? RemovalsHeldUntil(StreamState stream, TypeState type, XdsSnapshot snapshot, TimeSpan now)
    {
        var listeners = Await(stream, ResourceType.Listener, type, snapshot);
        var routes = type.Type.Removal == RemovalRule.AfterRoutesAndListeners
            ? Await(stream, ResourceType.Route, type, snapshot)
            : null;
        var until = listeners is null ? routes : routes is null || listeners > routes ? listeners : routes;
        return until is null || now >= until ? null : until;
    }

    private static bool IsIntroduced(TypeState pending, string name) => pending.Outstanding!.Introduced.Contains(name);

    private static bool IsUnsent(TypeState clusters, TypedResources typed, string name) =>
        clusters.Subscription.Covers(name) && clusters.Sent.Find(name) is null && typed.Find(name) is not null;

    // Null: the referrers of this type no longer use what is removed.
    private static TimeSpan? Await(StreamState stream, ResourceType referrer, TypeState held, XdsSnapshot snapshot)
    {
        var state = stream.Find(referrer);
        if (state is null)
        {
            // On a new stream the client's other subscriptions may be on their way: it may hold routes of an earlier stream.
            return stream.OpenedAt + stream.Settings.RemovalTimeout;
        }

        if (state.Subscription.IsEmpty)
        {
            return null;
        }

        var sent = ReferenceEquals(state.Sent, snapshot.Get(referrer)) && state.Claims is null && state.Owed.Count == 0
            && state.Held.IsEmpty;
        if (!sent || state.Rejected.Count > 0)
        {
            return TimeSpan.MaxValue;
        }

        if (state.Outstanding is not { } outstanding)
        {
            return null;
        }

        var since = outstanding.SentAt > held.HeldSince ? outstanding.SentAt : held.HeldSince;
        return since + stream.Settings.RemovalTimeout;
    }
}
