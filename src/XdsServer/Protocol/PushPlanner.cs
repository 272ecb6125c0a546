using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Protocol;

/// <summary>A response to be written now.</summary>
/// <param name="Type">Its type.</param>
/// <param name="Nonce">Its nonce.</param>
/// <param name="Body">Its bytes, shared with other streams.</param>
/// <param name="IsFirst">True for the first response of the stream, which also carries the control plane's identifier.</param>
internal sealed record PlannedResponse(ResourceType Type, string Nonce, ResponseBody Body, bool IsFirst);

/// <summary>The outcome of planning.</summary>
/// <param name="State">The stream's new state; the response counts as sent in it.</param>
/// <param name="Response">What to write, or null when there is nothing to say now.</param>
/// <param name="Due">When to plan again even if nothing happens, on the stream's clock; null for never.</param>
internal sealed record PushPlan(StreamState State, PlannedResponse? Response, TimeSpan? Due);

/// <summary>
/// Decides what a stream is to be sent next. Called again after every write, request, snapshot and due time until it has no
/// response left; each call pays the first debt in push order, so intermediate snapshots are skipped for free.
/// </summary>
internal static class PushPlanner
{
    /// <summary>Plans the next response.</summary>
    /// <param name="state">The stream's state.</param>
    /// <param name="now">The stream's clock.</param>
    public static PushPlan Next(StreamState state, TimeSpan now)
    {
        if (state.Snapshot is not { } snapshot)
        {
            return new PushPlan(state, null, null);
        }

        var plan = Pass(state, snapshot, now);
        // Referrers that have nothing to tell this client settle without a response, after the removals that wait for them
        // were looked at.
        return plan.Response is null && plan.State.Types.Any(type => !type.Held.IsEmpty) ? Pass(plan.State, snapshot, now) : plan;
    }

    private static PushPlan Pass(StreamState state, XdsSnapshot snapshot, TimeSpan now)
    {
        TimeSpan? due = null;
        for (var i = 0; i < state.Types.Length; i++)
        {
            var (next, response, wait) = PlanType(state, state.Types[i], snapshot, now);
            state = next;
            if (response is not null)
            {
                return new PushPlan(state, response, due);
            }

            due = wait is null || wait == TimeSpan.MaxValue ? due : due is null || wait < due ? wait : due;
        }

        return new PushPlan(state, null, due);
    }

    private static (StreamState State, PlannedResponse? Response, TimeSpan? Due) PlanType(
        StreamState stream, TypeState type, XdsSnapshot snapshot, TimeSpan now)
    {
        var typed = snapshot.Get(type.Type);
        if (ReferenceEquals(type.Sent, typed) && type.Claims is null && type.Owed.Count == 0 && !type.AnswerOwed
            && type.Held.IsEmpty)
        {
            return (stream.With(Rest(type, snapshot)), null, null);
        }

        if (type.IsPending(now, stream.Settings))
        {
            return (stream, null, type.Outstanding!.SentAt + stream.Settings.AckTimeout);
        }

        type = ClaimResolver.Resolve(type, typed, stream.Warming, now);
        if (type.Type.Equals(ResourceType.Endpoint) && stream.Warming.Count > 0)
        {
            stream = stream with { Warming = NameSet.Empty };
        }

        var shortfall = Shortfall.Of(type, typed);
        if (type.Type.Equals(ResourceType.Route)
            && PushGates.ClustersPendingUntil(stream, snapshot, shortfall.Resources, now) is { } gate)
        {
            return (stream.With(type), null, gate);
        }

        var (held, taken) = SettleRemovals(stream.Variant, type, shortfall, typed, now);
        TimeSpan? due = null;
        if (!held.Held.IsEmpty)
        {
            due = PushGates.RemovalsHeldUntil(stream, held, snapshot, now);
            if (due is null)
            {
                taken = taken.Union(NameSet.Of(held.Held.Select(removal => removal.Name)));
                held = held with { Held = [] };
            }
        }

        var body = stream.Variant == XdsVariant.Delta
            ? ComposeDelta(held, typed, shortfall, taken)
            : ComposeSotw(held, typed, shortfall, taken);
        var settled = held with
        {
            Sent = typed,
            Owed = NameSet.Empty,
            AnswerOwed = false,
        };
        return body is null
            ? (stream.With(Rest(settled, snapshot)), null, due)
            : Send(stream, settled, body, shortfall, snapshot, now, due);
    }

    // Nothing is to be said. What is gone is rejected no longer, and unless an answer is due the weights are live: the client
    // uses no others.
    private static TypeState Rest(TypeState type, XdsSnapshot snapshot)
    {
        var rejected = type.Rejected.Where(name => snapshot.Get(type.Type).Find(name) is not null);
        var live = type.Outstanding is not { Awaited: true } && rejected.Count == 0;
        var weights = live ? snapshot.Weights : type.AckedWeights;
        return ReferenceEquals(rejected, type.Rejected) && ReferenceEquals(weights, type.AckedWeights)
            ? type
            : type with { Rejected = rejected, AckedWeights = weights };
    }

    // What is gone either is told now, or waits, or is never told, by the rule of the type.
    private static (TypeState State, NameSet Taken) SettleRemovals(
        XdsVariant variant, TypeState type, Shortfall shortfall, TypedResources typed, TimeSpan now)
    {
        var delta = variant == XdsVariant.Delta;
        // A delta response tells at once that a name asked for is missing; the other variant knows no such answer.
        var told = delta ? shortfall.Missing : NameSet.Empty;
        var kept = type.Held.RemoveAll(held => typed.Find(held.Name) is not null || told.Contains(held.Name));
        switch (type.Type.Removal)
        {
            case RemovalRule.Immediate:
                return (type with { Held = kept }, NameSet.Of(shortfall.Removed.Select(item => item.Name)));
            case RemovalRule.AfterListeners when !delta:
            case RemovalRule.WithParent:
                return (type with { Held = kept }, NameSet.Empty);
            default:
                var added = shortfall.Removed.Where(item => !told.Contains(item.Name) && !kept.Any(held => held.Name == item.Name))
                    .Select(item => new HeldRemoval(item.Name, item));
                var all = kept.AddRange(added).Sort((left, right) => string.CompareOrdinal(left.Name, right.Name));
                // The wait counts from the newest removal: its routes are the ones that were pushed last.
                var since = all.Length > kept.Length ? now : type.HeldSince;
                return (type with { Held = all, HeldSince = since }, NameSet.Empty);
        }
    }

    private static ResponseBody? ComposeDelta(TypeState type, TypedResources typed, Shortfall shortfall, NameSet taken)
    {
        var removed = taken.Union(shortfall.Missing);
        if (shortfall.Resources.IsEmpty && removed.Count == 0 && !type.AnswerOwed)
        {
            return null;
        }

        return typed.Bodies.Delta(typed, shortfall.Resources, [.. removed.Names]);
    }

    private static ResponseBody? ComposeSotw(TypeState type, TypedResources typed, Shortfall shortfall, NameSet taken)
    {
        var due = type.AnswerOwed || !shortfall.Resources.IsEmpty || (type.Type.IsFullState && taken.Count > 0);
        if (!due)
        {
            return null;
        }

        if (!type.Type.IsFullState)
        {
            return typed.Bodies.Sotw(typed, shortfall.Resources, typed.Version);
        }

        // Absence means deletion here, so what waits to be removed stays in the response, under a version of its own.
        var items = type.Subscription.Wildcard
            ? typed.Items
            : [.. typed.Items.Where(item => type.Subscription.Covers(item.Name))];
        var waiting = type.Held.Where(held => held.Resource is not null).Select(held => held.Resource!).ToArray();
        if (waiting.Length == 0)
        {
            return typed.Bodies.Sotw(typed, items, typed.Version);
        }

        var version = waiting.Aggregate(typed.HashSum, (sum, resource) => sum + resource.Hash);
        return typed.Bodies.Sotw(typed, items.AddRange(waiting), ContentHash.ToVersion(version));
    }

    private static (StreamState State, PlannedResponse Response, TimeSpan? Due) Send(
        StreamState stream,
        TypeState type,
        ResponseBody body,
        Shortfall shortfall,
        XdsSnapshot snapshot,
        TimeSpan now,
        TimeSpan? due)
    {
        var number = stream.LastNonce + 1;
        var nonce = number.ToString(System.Globalization.CultureInfo.InvariantCulture);
        // A client may ignore types it does not know and empty state-of-the-world responses without an answer.
        var answerExpected = type.Type.IsKnown && (stream.Variant == XdsVariant.Delta || body.Resources > 0);
        var replacesAll = type.Type.IsFullState && stream.Variant == XdsVariant.Sotw;
        var resources = replacesAll ? snapshot.Get(type.Type).Items : shortfall.Resources;
        var totals = type.Totals;
        type = type with
        {
            LastNonce = nonce,
            Outstanding = new OutstandingResponse(
                nonce, body.Version, now, snapshot.Weights, resources, shortfall.Introduced, answerExpected),
            Totals = totals with
            {
                Responses = totals.Responses + 1,
                Resources = totals.Resources + body.Resources,
                Removed = totals.Removed + body.Removed,
            },
        };
        var response = new PlannedResponse(type.Type, nonce, body, stream.LastNonce == 0);
        stream = (stream with { LastNonce = number }).With(type);
        return (OweEndpoints(stream, type.Type, shortfall), response, due);
    }

    // A cluster that is added or updated waits for an assignment even if its endpoints did not change: the delta client does
    // not ask for it again, the other one asks with a request that looks like an acknowledgement. So it is sent unasked.
    private static StreamState OweEndpoints(StreamState stream, ResourceType sent, Shortfall shortfall)
    {
        if (!sent.Equals(ResourceType.Cluster))
        {
            return stream;
        }

        var names = NameSet.Of(shortfall.Resources.Select(cluster => cluster.EndpointsName).OfType<string>());
        if (stream.Find(ResourceType.Endpoint) is { Claims: null } endpoints)
        {
            var wanted = names.Where(endpoints.Subscription.Covers);
            return wanted.Count == 0 ? stream : stream.With(endpoints with { Owed = endpoints.Owed.Union(wanted) });
        }

        return stream.Variant == XdsVariant.Delta ? stream with { Warming = stream.Warming.Union(names) } : stream;
    }
}
