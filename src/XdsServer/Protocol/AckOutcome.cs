namespace XdsCanary.XdsServer.Protocol;

/// <summary>What a request said about the responses before it.</summary>
internal enum AckOutcome
{
    /// <summary>The first request of its type on the stream, whatever nonce it carries.</summary>
    Initial,

    /// <summary>Only a change of the subscription.</summary>
    Subscribe,

    /// <summary>The last response was accepted.</summary>
    Ack,

    /// <summary>The last response was rejected.</summary>
    Nack,

    /// <summary>It answers a response that was followed by another one; its subscription still counts.</summary>
    Stale,
}

/// <summary>Tells acceptance from rejection (xDS protocol, "ACK" and "NACK").</summary>
internal static class AckRules
{
    // Characters of a client's words that are kept: they stay in memory for as long as the stream does.
    private const int LongestReason = 1024;

    /// <summary>
    /// Classifies a request and notes the result. Only <c>error_detail</c> makes a rejection; versions are never compared. A
    /// nonce means something within its stream only, so the first request of a type is initial even with an old one.
    /// </summary>
    /// <param name="state">The type's state.</param>
    /// <param name="input">The request.</param>
    /// <param name="first">True for the first request of the type on the stream.</param>
    /// <param name="now">The stream's clock.</param>
    public static (TypeState State, AckOutcome Outcome) Apply(TypeState state, DiscoveryInput input, bool first, TimeSpan now)
    {
        if (first)
        {
            return (state, AckOutcome.Initial);
        }

        if (input.Nonce.Length == 0)
        {
            return (state, AckOutcome.Subscribe);
        }

        if (!string.Equals(input.Nonce, state.LastNonce, StringComparison.Ordinal))
        {
            return (state, AckOutcome.Stale);
        }

        if (input.Error is { } reason)
        {
            return (Reject(state, reason, now), AckOutcome.Nack);
        }

        return state.Outstanding is { } outstanding ? (Accept(state, outstanding, now), AckOutcome.Ack) : (state, AckOutcome.Subscribe);
    }

    private static TypeState Accept(TypeState state, OutstandingResponse outstanding, TimeSpan now)
    {
        var rejected = state.Rejected.Count == 0 ? state.Rejected : state.Rejected.Except(NamesOf(state, outstanding));
        return state with
        {
            Outstanding = null,
            AckedVersion = outstanding.Version,
            AckedAt = now,
            AckedWeights = rejected.Count == 0 ? outstanding.Weights : state.AckedWeights,
            Nack = null,
            Rejected = rejected,
            Totals = state.Totals with { Acks = state.Totals.Acks + 1 },
        };
    }

    private static TypeState Reject(TypeState state, Rejection reason, TimeSpan now) => state with
    {
        Outstanding = null,
        Nack = new NackRecord(
            state.Outstanding?.Version ?? state.Nack?.Version ?? string.Empty, Cut(reason), now, (state.Nack?.Streak ?? 0) + 1),
        Rejected = state.Outstanding is { } outstanding ? state.Rejected.Union(NamesOf(state, outstanding)) : state.Rejected,
        Totals = state.Totals with { Nacks = state.Totals.Nacks + 1 },
    };

    private static NameSet NamesOf(TypeState state, OutstandingResponse response) =>
        NameSet.Of(response.Resources.Select(resource => resource.Name).Where(state.Subscription.Covers));

    private static Rejection Cut(Rejection reason)
    {
        if (reason.Message.Length <= LongestReason)
        {
            return reason;
        }

        var length = char.IsHighSurrogate(reason.Message[LongestReason - 1]) ? LongestReason - 1 : LongestReason;
        return reason with { Message = reason.Message[..length] };
    }
}
