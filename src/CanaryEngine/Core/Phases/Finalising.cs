namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>All traffic goes to the primary; once every proxy knows, the canary is stopped and the run has succeeded.</summary>
internal static class Finalising
{
    /// <summary>Decides.</summary>
    public static Outcome Decide(Round round)
    {
        if (round.Facts.Primary.Readiness != Readiness.Ready)
        {
            return Readinesses.GivenUp(round, round.Facts.Primary, Reasons.PrimaryNotReady) is { } why
                ? Rollbacks.FailPromotion(round, why)
                : Readinesses.HoldForPrimary(round);
        }

        round.Status = round.Status with { NotReadySince = null };
        round.Direct(Traffic.Of(round.Spec, round.Status));
        if (round.IsDirected)
        {
            round.Run = round.Run with { ChangedAt = round.Now };
            return round.Hold(Reasons.NotConverged, "The traffic is directed to the primary", round.Now + Round.Soon);
        }

        if (round.Facts.Convergence is not { } convergence)
        {
            return new Ask([new AskConvergence()]);
        }

        if (Convergences.IsDrained(round, convergence, round.Run.ChangedAt))
        {
            return Succeed(round);
        }

        var limit = Convergences.Waiting(round, round.Run.ChangedAt) + round.Spec.ProgressDeadline;
        var laggards = Convergences.Laggards(round, convergence);
        if (round.Now < limit)
        {
            return round.Hold(Reasons.NotConverged, $"Not all traffic goes to the primary yet: not acknowledged by {laggards}", round.Now + Round.Soon);
        }

        round.Warn($"{Texts.Name(round.Spec)} is promoted, but the route was not acknowledged by {laggards}");
        Convergences.GiveUp(round, convergence);
        return Succeed(round);
    }

    private static Decision Succeed(Round round)
    {
        var skipped = round.Run.Skipped;
        round.Do(new StopCanary());
        Runs.End(round, CanaryPhase.Succeeded, skipped ? Reasons.Skipped : Reasons.Promoted, Conclusion(skipped));
        round.Status = round.Status with { Run = null, CanaryWeight = 0, LastPromotedSpec = round.Status.LastAppliedSpec };
        round.Tell(new PostRolloutNotice(CanaryPhase.Succeeded));
        round.Event(skipped
            ? $"Promotion completed! Canary analysis was skipped for {Texts.Target(round.Spec)}"
            : $"Promotion completed! Scaling down {Texts.Target(round.Spec)}");
        round.Alert(AlertSeverity.Info, Conclusion(skipped));
        // The target may have become another revision meanwhile, and nothing will tell so again.
        return round.Done(round.Now);
    }

    private static string Conclusion(bool skipped) => skipped
        ? "Canary analysis was skipped, promotion finished."
        : "Canary analysis completed successfully, promotion finished.";
}
