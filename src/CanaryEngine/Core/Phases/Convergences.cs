namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>
/// The convergence gate: a weight is observed only once the proxies route by it (H-20). They are waited for from the change on, or from
/// the start of who waits, which they must find again first: a control plane that was away is no fault of the revision (H-24).
/// </summary>
internal static class Convergences
{
    /// <summary>
    /// True when enough proxies follow. Those that were connected last time and are not now, as after a restart of either side, are
    /// waited for up to the timeout: they still route as they were told before. Without any ever there is nobody to wait for.
    /// </summary>
    /// <param name="round">The decision being made; its status remembers how many proxies followed.</param>
    /// <param name="fact">The proxies now.</param>
    /// <param name="since">Since when it is waited; null for now.</param>
    public static bool IsReached(Round round, ConvergenceFact fact, DateTimeOffset? since)
    {
        var spec = round.Spec.Analysis.Convergence;
        if (spec.Percent == 0)
        {
            return true;
        }

        var isMissing = fact.Proxies < round.Status.Proxies && round.Now < Waiting(round, since) + spec.Timeout;
        if (!fact.IsPublished || isMissing || (long)fact.Converged * 100 < (long)fact.Proxies * spec.Percent)
        {
            return false;
        }

        if (fact.Proxies > 0)
        {
            round.Status = round.Status with { Proxies = fact.Proxies };
        }

        return true;
    }

    /// <summary>Since when the proxies can have followed a change.</summary>
    /// <param name="round">The decision being made.</param>
    /// <param name="change">When the change was made; null for now.</param>
    public static DateTimeOffset Waiting(Round round, DateTimeOffset? change) =>
        change is not { } at ? round.Now : at > round.Facts.WatchedSince ? at : round.Facts.WatchedSince;

    /// <summary>Waits until the run's last change is live. Laggards and rejections are failed checks.</summary>
    /// <param name="round">The decision being made; its run waits for a change to be live.</param>
    /// <returns>The outcome; null when the change is live now.</returns>
    public static Outcome? Await(Round round)
    {
        if (round.Facts.Convergence is not { } fact)
        {
            return new Ask([new AskConvergence()]);
        }

        var areAllGone = fact.Proxies == 0 && round.Status.Proxies > 0 && round.Spec.Analysis.Convergence.Percent > 0;
        if (!areAllGone && IsReached(round, fact, round.Run.ChangedAt))
        {
            round.Run = round.Run with { IsLive = true, LaggardsReported = false };
            round.NextTick();
            return null;
        }

        var isRejected = fact.Rejection.Length > 0;
        var limit = round.Run.LaggardsReported || round.Run.ChangedAt is not { } changed
            ? round.Status.NextCheck ?? round.Now
            : Waiting(round, changed) + round.Spec.Analysis.Convergence.Timeout;
        var isOverdue = round.Now >= limit || (isRejected && !round.Run.LaggardsReported);
        var text = isRejected ? Rejected(round, fact) : Lagging(round, fact);
        if (!isOverdue)
        {
            // What is done once per interval, such as asking for a rollback, is not done at every look.
            if (round.IsTick)
            {
                round.NextTick();
            }

            var due = round.Now + Round.Soon;
            return round.Hold(isRejected ? Reasons.RouteRejected : Reasons.NotConverged, text, due < limit ? due : limit);
        }

        round.Run = round.Run with { LaggardsReported = true };
        return Checks.Fail(round, isRejected ? Reasons.RouteRejected : Reasons.NotConverged, text, round.Now + Round.Soon);
    }

    /// <summary>
    /// Waits until a promotion's change is live. Laggards never roll a promotion back, for the primary has the new revision
    /// already: after the progress deadline it goes on without them.
    /// </summary>
    /// <param name="round">The decision being made; its run waits for a change to be live.</param>
    /// <returns>The outcome; null when it is not waited for any more.</returns>
    public static Outcome? AwaitPromotion(Round round)
    {
        if (round.Facts.Convergence is not { } fact)
        {
            return new Ask([new AskConvergence()]);
        }

        var limit = Waiting(round, round.Run.ChangedAt) + round.Spec.ProgressDeadline;
        var isReached = IsReached(round, fact, round.Run.ChangedAt);
        if (!isReached && round.Now < limit)
        {
            return round.Hold(Reasons.NotConverged, Lagging(round, fact), round.Now + Round.Soon);
        }

        if (!isReached)
        {
            round.Warn(Lagging(round, fact));
        }

        round.Run = round.Run with { IsLive = true };
        return null;
    }

    private static string Rejected(Round round, ConvergenceFact fact) =>
        $"Halt {Texts.Name(round.Spec)} advancement route rejected by {fact.Rejection}";

    private static string Lagging(Round round, ConvergenceFact fact)
    {
        var since = round.Now - Waiting(round, round.Run.ChangedAt);
        var who = fact.Lagging.Count > 0 ? string.Join(", ", fact.Lagging.Take(10))
            : fact.Proxies == 0 ? "any proxy"
            : $"{round.Status.Proxies - fact.Proxies} proxies that were connected before";
        var more = fact.Lagging.Count > 10 ? $" and {fact.Lagging.Count - 10} more" : string.Empty;
        return $"Halt {Texts.Name(round.Spec)} advancement weight {round.Run.Weight} not acknowledged by {who}{more} "
            + $"after {Texts.Span(since)}";
    }
}
