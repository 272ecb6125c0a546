namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>Ways out of a run that does not end well. The traffic leaves first; each says why, once (H-05).</summary>
internal static class Rollbacks
{
    /// <summary>Takes the revision under analysis out of the traffic and ends the run.</summary>
    /// <param name="round">The decision being made; a run is under way.</param>
    /// <param name="reason">Why, one of <see cref="Reasons"/>.</param>
    /// <param name="text">Why, as the event says it.</param>
    /// <param name="alert">Why, as the alert says it.</param>
    /// <param name="severity">How grave it is.</param>
    public static Decision RollBack(
        Round round, string reason, string text, string alert, AlertSeverity severity = AlertSeverity.Error)
    {
        round.Warn(text);
        round.Alert(severity, alert);
        Runs.End(round, CanaryPhase.Failed, reason, text);
        round.Status = round.Status with { FailedChecks = 0, DrainingSince = round.Now };
        Traffic.Withdraw(round);
        round.Warn($"Canary failed! Scaling down {Texts.Name(round.Spec)}");
        round.Tell(new PostRolloutNotice(CanaryPhase.Failed));
        return round.Done(round.Now + Round.Soon);
    }

    /// <summary>The failed checks reached the threshold.</summary>
    public static Decision OverThreshold(Round round) => RollBack(
        round,
        Reasons.ThresholdReached,
        $"Rolling back {Texts.Name(round.Spec)} failed checks threshold reached {round.Status.FailedChecks}",
        $"Failed checks threshold reached {round.Status.FailedChecks}");

    /// <summary>The canary did not get ready in time.</summary>
    public static Decision OverDeadline(Round round, string why) => RollBack(
        round,
        Reasons.ProgressDeadline,
        $"Rolling back {Texts.Name(round.Spec)} progress deadline exceeded {why}",
        $"Progress deadline exceeded {why}");

    /// <summary>A revision that never started is not wanted: it counts as dealt with.</summary>
    /// <param name="round">The decision being made; the revision waits.</param>
    /// <param name="reason">Why.</param>
    /// <param name="text">Why, as the event says it.</param>
    public static Decision Reject(Round round, string reason, string text)
    {
        var revision = round.Run.Revision;
        round.Warn(text);
        round.Alert(AlertSeverity.Warn, text);
        Runs.End(round, CanaryPhase.Failed, reason, text);
        round.Status = round.Status with { LastAppliedSpec = revision, Run = null };
        return round.Done(round.Now);
    }

    /// <summary>
    /// The primary does not get ready with the promoted revision. The canary, which was analysed, takes the traffic if it can,
    /// and the primary is set back to the revision that it had (H-04, H-06).
    /// </summary>
    /// <param name="round">The decision being made; the promotion is under way.</param>
    /// <param name="error">What is wrong with the primary.</param>
    public static Decision FailPromotion(Round round, string error)
    {
        var text = $"Promotion of {Texts.Target(round.Spec)} failed, primary not ready: {error}";
        round.Warn(text);
        round.Alert(AlertSeverity.Error, $"Promotion failed, primary not ready: {error}");
        if (round.Facts.Canary.Readiness == Readiness.Ready && round.Run.Plan.MovesTraffic)
        {
            round.Direct(new TrafficPlan(0, 100));
            round.Run = round.Run with { Weight = 100 };
        }

        return RestoreOld(round, Reasons.PromotionFailed, text);
    }

    /// <summary>A person stops a promotion: the primary is set back, and gets the traffic when it is ready.</summary>
    /// <param name="round">The decision being made; the promotion is under way.</param>
    /// <param name="text">Why, as the event says it.</param>
    public static Decision StopPromotion(Round round, string text)
    {
        round.Warn(text);
        round.Alert(AlertSeverity.Warn, text);
        return RestoreOld(round, Reasons.RolledBackByHand, text);
    }

    private static Decision RestoreOld(Round round, string reason, string text)
    {
        var weight = round.Run.Weight;
        round.Do(new RestorePrimary());
        Runs.End(round, CanaryPhase.Failed, reason, text);
        round.Status = round.Status with { CanaryWeight = weight, KeepsCanary = true, Run = null, FailedChecks = 0 };
        round.Tell(new PostRolloutNotice(CanaryPhase.Failed));
        return round.Done(round.Now + Round.Soon);
    }
}
