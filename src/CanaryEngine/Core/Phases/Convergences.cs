namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>
/// The convergence gate: a weight is observed only once the proxies route by it (H-20). They are waited for from the change on, or from
/// the start of who waits, which they must find again first: a control plane that was away is no fault of the revision (H-24).
/// </summary>
internal static class Convergences
{
    private const string Redirected = "The traffic is directed as the run has it";

    /// <summary>
    /// True when enough proxies follow. Those that were connected last time and are not now, as after a restart of either side, are
    /// waited for up to the timeout, and as long as who asks waits when none is left: they still route as they were told before.
    /// Without any ever, or where no traffic is moved, there is nobody to wait for.
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

        var areAllGone = fact.Proxies == 0 && round.Status.Run is not { Plan.MovesTraffic: false };
        var isMissing = fact.Proxies < round.Status.Proxies && (areAllGone || !IsTimedOut(round, since));
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

    /// <summary>
    /// True when the canary can be stopped: enough proxies for a step are not enough for that, for the others send it requests. Those
    /// are waited for up to the timeout.
    /// </summary>
    /// <param name="round">The decision being made.</param>
    /// <param name="fact">The proxies now.</param>
    /// <param name="since">Since when the canary is out of the traffic; null for now.</param>
    public static bool IsDrained(Round round, ConvergenceFact fact, DateTimeOffset? since) =>
        IsReached(round, fact, since) && ((fact.IsPublished && fact.Converged >= fact.Proxies) || IsTimedOut(round, since));

    /// <summary>Goes on without proxies that were waited for as long as can be: those that are gone are not waited for again.</summary>
    /// <param name="round">The decision being made.</param>
    /// <param name="fact">The proxies now.</param>
    public static void GiveUp(Round round, ConvergenceFact fact) =>
        round.Status = round.Status with { Proxies = Math.Min(round.Status.Proxies, fact.Proxies) };

    /// <summary>Names those that are waited for.</summary>
    /// <param name="round">The decision being made.</param>
    /// <param name="fact">The proxies now.</param>
    public static string Laggards(Round round, ConvergenceFact fact)
    {
        if (fact.Rejection.Length > 0)
        {
            return fact.Rejection;
        }

        var who = fact.Lagging.Count > 0 ? string.Join(", ", fact.Lagging.Take(10))
            : !fact.IsPublished ? "any proxy, for the control plane has not published it"
            : fact.Proxies == 0 ? "any proxy"
            : $"{round.Status.Proxies - fact.Proxies} proxies that were connected before";
        return fact.Lagging.Count > 10 ? $"{who} and {fact.Lagging.Count - 10} more" : who;
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

        var limit = Limit(round);
        if (round.IsDirected && round.Now < limit)
        {
            // What the proxies are told now is not what this round has found.
            return LookAgain(round, Reasons.NotConverged, Redirected, round.Now + Round.Soon);
        }

        if (IsReached(round, fact, round.Run.ChangedAt))
        {
            if (round.Run.StartPending && !IsDrained(round, fact, round.Run.ChangedAt))
            {
                return LookAgain(round, Reasons.NotConverged, Lagging(round, fact), round.Now + Round.Soon);
            }

            round.Run = round.Run with { IsLive = true, LaggardsReported = false };
            round.NextTick();
            return null;
        }

        var isRejected = fact.Rejection.Length > 0;
        var isOverdue = round.Now >= limit || (isRejected && !round.Run.LaggardsReported);
        var text = isRejected ? Rejected(round, fact) : Lagging(round, fact);
        if (!isOverdue)
        {
            var due = round.Now + Round.Soon;
            return LookAgain(round, isRejected ? Reasons.RouteRejected : Reasons.NotConverged, text, due < limit ? due : limit);
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
        if (round.IsDirected && round.Now < limit)
        {
            return round.Hold(Reasons.NotConverged, Redirected, round.Now + Round.Soon);
        }

        var isReached = IsReached(round, fact, round.Run.ChangedAt);
        if (!isReached && round.Now < limit)
        {
            return round.Hold(Reasons.NotConverged, Lagging(round, fact), round.Now + Round.Soon);
        }

        if (!isReached)
        {
            round.Warn(Lagging(round, fact));
            GiveUp(round, fact);
        }

        round.Run = round.Run with { IsLive = true };
        return null;
    }

    private static bool IsTimedOut(Round round, DateTimeOffset? since) =>
        round.Now >= Waiting(round, since) + round.Spec.Analysis.Convergence.Timeout;

    // When laggards become a failed check, and the next one if they are one already. A control plane that was away meanwhile has not
    // seen who follows: its proxies get their time first (H-24).
    private static DateTimeOffset Limit(Round round)
    {
        var timeout = round.Spec.Analysis.Convergence.Timeout;
        if (!round.Run.LaggardsReported && round.Run.ChangedAt is { } changed)
        {
            return Waiting(round, changed) + timeout;
        }

        var (next, found) = (round.Status.NextCheck ?? round.Now, round.Facts.WatchedSince + timeout);
        return next > found ? next : found;
    }

    private static Decision LookAgain(Round round, string reason, string text, DateTimeOffset due)
    {
        // What is done once per interval, such as asking for a rollback, is not done at every look.
        if (round.IsTick)
        {
            round.NextTick();
        }

        return round.Hold(reason, text, due);
    }

    private static string Rejected(Round round, ConvergenceFact fact) =>
        $"Halt {Texts.Name(round.Spec)} advancement route rejected by {fact.Rejection}";

    private static string Lagging(Round round, ConvergenceFact fact)
    {
        var since = round.Now - Waiting(round, round.Run.ChangedAt);
        return $"Halt {Texts.Name(round.Spec)} advancement weight {round.Run.Weight} not acknowledged by {Laggards(round, fact)} "
            + $"after {Texts.Span(since)}";
    }
}
