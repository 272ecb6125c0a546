namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>
/// Between runs (Initialized, Succeeded, Failed): looks whether the target is a revision that no run has dealt with. It is
/// compared with the revisions that runs were of, each time anew, so that none is ever lost (H-01).
/// </summary>
internal static class Idle
{
    /// <summary>Decides.</summary>
    public static Outcome Decide(Round round)
    {
        if (round.Status.KeepsCanary)
        {
            return Recover(round);
        }

        if (round.Facts.Target.Revision is not { } revision)
        {
            return Readinesses.HoldForTarget(round);
        }

        if (!round.Facts.Primary.Exists)
        {
            round.Do(new EnsurePrimary());
            return round.Done(round.Now + Round.Soon);
        }

        round.Direct(Traffic.Of(round.Spec, round.Status));
        if (Drains.Await(round) is { } draining)
        {
            return draining;
        }

        if (IsNew(round.Status, revision))
        {
            return Begin(round, revision);
        }

        var isBack = revision == round.Status.LastPromotedSpec;
        round.Status = round.Status with
        {
            NotReadySince = null,
            // The target left the revision that failed: should it come back to it, it is new again.
            LastAppliedSpec = isBack ? revision : round.Status.LastAppliedSpec,
        };
        return round.Done(due: null);
    }

    /// <summary>True for a revision that is neither served by the primary nor was the last one analysed.</summary>
    public static bool IsNew(CanaryStatus status, string revision) =>
        revision != status.LastPromotedSpec && revision != status.LastAppliedSpec;

    /// <summary>Goes on with a new revision: asks the gates, and starts the run or waits.</summary>
    public static Outcome Begin(Round round, string revision)
    {
        if (round.Status.Paused)
        {
            return round.Hold(Reasons.Paused, "A new revision waits until the canary is resumed", due: null);
        }

        if (!round.Spec.SkipAnalysis && round.Facts.Primary.Readiness != Readiness.Ready)
        {
            return Readinesses.HoldForPrimary(round);
        }

        if (round.Facts.AwaitsHook)
        {
            // What else this round came to is done meanwhile: a verb, a correction of the traffic.
            return round.Done(round.Now + Round.Soon);
        }

        var gates = Gates.Pass(round, WebhookType.ConfirmRollout, revision, round.Status.Phase);
        if (gates.Question is { } question)
        {
            return question;
        }

        return gates.Closed is { } closed ? Waiting.Enter(round, revision, closed) : Runs.Start(round, revision);
    }

    // A promotion failed and the canary carries the traffic; it goes back as soon as the old primary is ready again (H-06).
    private static Decision Recover(Round round)
    {
        if (round.Facts.Primary.Readiness != Readiness.Ready)
        {
            return Readinesses.HoldForPrimary(round);
        }

        round.Event("Routing all traffic to primary");
        round.Status = round.Status with { KeepsCanary = false, DrainingSince = round.Now, NotReadySince = null };
        Traffic.Withdraw(round);
        return round.Hold(round.Status.Reason, round.Status.Message, round.Now + Round.Soon);
    }
}
