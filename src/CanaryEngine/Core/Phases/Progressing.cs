namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>
/// A revision is analysed (Progressing, WaitingPromotion). The rules stand in the order in which they count: reasons to take
/// the revision out of the traffic, then reasons to wait, then the checks, then the next step.
/// </summary>
internal static class Progressing
{
    /// <summary>Decides.</summary>
    public static Outcome Decide(Round round)
    {
        if (round.Status.FailedChecks >= round.Spec.Analysis.Threshold && !round.Status.Paused)
        {
            return Rollbacks.OverThreshold(round);
        }

        var outcome = AskForRollback(round)
            ?? FollowTarget(round)
            ?? FastAbort.Look(round)
            ?? AwaitReadiness(round)
            ?? (round.Run.IsLive ? null : Convergences.Await(round))
            ?? StartPending(round)
            ?? (IsSkipped(round) ? KnownTarget(round) ?? Promote(round) : null)
            ?? (round.IsTick ? null : Observe(round))
            ?? Check(round)
            ?? KnownTarget(round)
            ?? Steps.Next(round);
        return outcome is Decision decision ? WithAbortCheck(round, decision) : outcome;
    }

    // Whatever the run waits for meanwhile, a hopeless canary is looked for as often as the fast abort asks.
    private static Decision WithAbortCheck(Round round, Decision decision)
    {
        var isWatched = round.Status.Phase.IsAnalysing() && !round.Status.Paused;
        return isWatched && FastAbort.Due(round) is { } abort && (decision.Due is not { } due || abort < due)
            ? decision with { Due = abort }
            : decision;
    }

    /// <summary>Hands the analysed revision to the primary.</summary>
    public static Decision Promote(Round round)
    {
        round.Event($"Copying {Texts.Target(round.Spec)} template spec to {Texts.Primary(round.Spec)}");
        round.Do(new CopyToPrimary(round.Run.Revision));
        round.Status = round.Status with { Phase = CanaryPhase.Promoting, NotReadySince = null, NextCheck = null };
        round.Run = round.Run with
        {
            GateSince = null,
            Skipped = IsSkipped(round),
        };
        return round.Hold(string.Empty, string.Empty, round.Now);
    }

    private static Decision? KnownTarget(Round round) =>
        round.Facts.Target.Revision is null ? Readinesses.HoldForTarget(round) : null;

    private static bool IsSkipped(Round round) => round.Run.Skipped || round.Spec.SkipAnalysis;

    private static Outcome? AskForRollback(Round round)
    {
        // Without analysis no request ever reaches the canary, and a paused run is only ended by whoever paused it.
        if (!round.IsTick || IsSkipped(round) || round.Status.Paused)
        {
            return null;
        }

        foreach (var hook in round.Spec.Analysis.HooksOf(WebhookType.Rollback))
        {
            if (!round.Facts.Hooks.TryGetValue(hook.Name, out var answer))
            {
                return new Ask([new AskHook(hook, round.Status.Phase)]);
            }

            if (!answer.Passed)
            {
                round.Event($"Rollback hook {hook.Name} not signaling a rollback");
                continue;
            }

            round.Warn(Texts.HookPassed(hook.Type, hook.Name));
            return Rollbacks.RollBack(
                round,
                Reasons.RolledBackByHand,
                $"Rolling back {Texts.Name(round.Spec)} manual webhook invoked",
                "Rolling back manual webhook invoked",
                AlertSeverity.Warn);
        }

        return Gates.Overdue(round) is { } why
            ? Rollbacks.RollBack(round, Reasons.GateDeadline, Gates.OverdueText(round.Spec, why), $"Rolled back: {why}")
            : null;
    }

    private static Decision? FollowTarget(Round round)
    {
        // A target that cannot be read keeps the run from advancing, not from being judged (H-08).
        if (round.Facts.Target.Revision is { } revision && revision != round.Run.Revision)
        {
            return revision == round.Status.LastPromotedSpec ? Revert(round) : Runs.Restart(round, revision);
        }

        var plan = Traffic.Of(round.Spec, round.Status);
        if (round.Facts.Canary.Readiness == Readiness.Ready || plan.Canary <= (round.Facts.Traffic?.Canary ?? 0))
        {
            round.Direct(plan);
        }

        return round.Status.Paused
            ? round.Hold(Reasons.Paused, "A person has paused the run", due: null)
            : null;
    }

    // The revision under analysis is not wanted any more: it is not promoted, and nothing is left to be analysed (H-02).
    private static Decision Revert(Round round) => Rollbacks.RollBack(
        round,
        Reasons.Reverted,
        $"Rolling back {Texts.Name(round.Spec)} target reverted to the promoted revision",
        "Rolled back: the target was reverted to the promoted revision",
        AlertSeverity.Warn);

    private static Decision? AwaitReadiness(Round round)
    {
        if (round.Run.StartPending)
        {
            return null;
        }

        if (round.Facts.Canary.Readiness != Readiness.Ready)
        {
            return Readinesses.GivenUp(round, round.Facts.Canary, Reasons.CanaryNotReady) is { } why
                ? Rollbacks.OverDeadline(round, why)
                : Readinesses.HoldForCanary(round);
        }

        if (round.Facts.Primary.Readiness != Readiness.Ready && !IsSkipped(round))
        {
            return Readinesses.HoldForPrimary(round);
        }

        // What was waited for is there: the first step need not wait for the rest of the interval.
        var waited = round.Status.NotReadySince is not null && !round.Run.Begun;
        round.Status = round.Status with { NotReadySince = null, NextCheck = waited ? null : round.Status.NextCheck };
        return null;
    }

    private static Decision? StartPending(Round round)
    {
        if (!round.Run.StartPending)
        {
            return null;
        }

        round.Do(new StartCanary(round.Run.Revision));
        round.Run = round.Run with { StartPending = false };
        round.Status = round.Status with { NextCheck = null };
        return round.Hold(string.Empty, string.Empty, round.Now);
    }

    private static Decision Observe(Round round)
    {
        var next = round.Status.NextCheck;
        // What was said at the last check stays until the next one.
        return round.Status.Reason is Reasons.NotConverged or "" or Reasons.CanaryNotReady or Reasons.PrimaryNotReady
            ? round.Hold(Reasons.Observing, $"Weight {round.Run.Weight} is observed", next)
            : round.Done(next);
    }

    private static Outcome? Check(Round round)
    {
        var run = round.Run;
        var hasBegun = run.Weight > 0 || round.Status.Iterations > 0 || run.Mirrored;
        return hasBegun ? Checks.Analyse(round) : Checks.BeforeFirstStep(round);
    }
}
