namespace XdsCanary.XdsServer.Protocol;

/// <summary>What a request did to a stream.</summary>
/// <param name="State">The stream's new state.</param>
/// <param name="Type">The new state of the type asked for.</param>
/// <param name="Outcome">What the request said about earlier responses.</param>
internal sealed record RequestStep(StreamState State, TypeState Type, AckOutcome Outcome);

/// <summary>
/// Takes a client's requests in. Nothing is answered here: the state says what is owed, <see cref="PushPlanner"/> pays it.
/// </summary>
internal static class StreamRequests
{
    /// <summary>
    /// Applies a request. Its subscription counts even when its nonce is stale: requests of one stream are in order, so the
    /// latest set of names is always the truth.
    /// </summary>
    /// <param name="state">The stream's state.</param>
    /// <param name="input">The request.</param>
    /// <param name="now">The stream's clock.</param>
    public static RequestStep Apply(StreamState state, DiscoveryInput input, TimeSpan now)
    {
        var known = state.Find(input.Type);
        var (type, outcome) = AckRules.Apply(known ?? new TypeState(input.Type), input, known is null, now);
        type = input switch
        {
            SotwInput sotw => ApplySotw(type, sotw, known is null, state.Settings.AllowsLegacyWildcard(type.Type)),
            DeltaInput delta => ApplyDelta(type, delta, known is null, state.Settings.AllowsLegacyWildcard(type.Type)),
            _ => throw new System.Diagnostics.UnreachableException(),
        };
        return new RequestStep(state.With(type), type, outcome);
    }

    private static TypeState ApplySotw(TypeState type, SotwInput input, bool first, bool legacyWildcard)
    {
        var before = type.Subscription;
        var after = before.Replace(input.Star, input.Names, first, legacyWildcard);
        if (ReferenceEquals(before, after) && !first)
        {
            return type;
        }

        var added = after.Names.Except(before.Names);
        var becameWildcard = after.Wildcard && !before.Wildcard;
        // A name that is asked for again may have been dropped by the client in between: it is owed even if unchanged.
        var owed = type.Owed.Where(after.Covers).Union(added);
        return type with
        {
            Subscription = after,
            Owed = becameWildcard ? owed.Union(NameSet.Of(type.Sent.Items.Select(item => item.Name))) : owed,
            AnswerOwed = !after.IsEmpty && (type.AnswerOwed || first || becameWildcard || added.Count > 0),
            Held = type.Held.RemoveAll(held => !after.Covers(held.Name)),
            Rejected = type.Rejected.Where(after.Covers),
        };
    }

    private static TypeState ApplyDelta(TypeState type, DeltaInput input, bool first, bool legacyWildcard)
    {
        var (before, change) = (type.Subscription, input.Change);
        if (change.IsEmpty && !first)
        {
            return type;
        }

        var after = before.Apply(change, first, legacyWildcard);
        var owed = type.Owed.Where(after.Covers).Union(change.Subscribe);
        if (after.Wildcard)
        {
            // An explicit name given up under a wildcard must be mentioned once more, so that the client learns whether the
            // wildcard still covers it or it is gone.
            owed = owed.Union(change.Unsubscribe.Where(name => before.Names.Contains(name) && !after.Names.Contains(name)));
            if (!before.Wildcard && !first)
            {
                owed = owed.Union(NameSet.Of(type.Sent.Items.Select(item => item.Name)).Except(before.Names));
            }
        }

        return type with
        {
            Subscription = after,
            Owed = owed,
            AnswerOwed = type.AnswerOwed || first || change.SubscribeStar || change.Subscribe.Count > 0,
            Claims = first && input.InitialVersions.Count > 0 ? input.InitialVersions : type.Claims,
            Held = type.Held.RemoveAll(held => !after.Covers(held.Name)),
            Rejected = type.Rejected.Where(after.Covers),
        };
    }
}
