namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>
/// The primary takes the analysed revision over, and then the traffic, in steps or at once. The canary's readiness does not
/// hold it up any more (H-04), for the primary already has its revision; but a canary that is not ready gets no more traffic.
/// </summary>
internal static class Promoting
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
        if (Shortfall(round) is { } left)
        {
            Traffic.Shift(round, left);
            return round.Hold(string.Empty, string.Empty, round.Now + Round.Soon);
        }

        round.Direct(Traffic.Of(round.Spec, round.Status));
        if (round.Status.Paused)
        {
            return round.Hold(Reasons.Paused, "A person has paused the promotion", due: null);
        }

        if (!round.Run.IsLive && Convergences.AwaitPromotion(round) is { } waits)
        {
            return waits;
        }

        return round.IsTick ? Shift(round) : round.Done(round.Status.NextCheck);
    }

    // Somebody edited or deleted the route: what was taken from a canary that is not ready is not given back, and the promotion
    // goes on from what it has left.
    private static int? Shortfall(Round round)
    {
        var left = round.Facts.Traffic?.Canary ?? 0;
        return round.Run.Plan.MovesTraffic && left < round.Run.Weight && round.Facts.Canary.Readiness != Readiness.Ready
            ? left
            : null;
    }

    private static Decision Shift(Round round)
    {
        var (run, step) = (round.Run, round.Run.Plan.PromotionStep);
        var weight = step == 0 || run.Skipped ? 0 : Math.Max(0, run.Weight - step);
        if (run.Plan.MovesTraffic && !run.Skipped)
        {
            // Without a weight to take back there is nothing to do in steps (H-14).
            round.Event(step == 0 || run.Weight == 0
                ? "Routing all traffic to primary"
                : $"Advance {Texts.Name(round.Spec)} primary weight {100 - weight}");
        }

        Traffic.Shift(round, weight);
        round.NextTick();
        if (weight == 0)
        {
            round.Status = round.Status with { Phase = CanaryPhase.Finalising, Iterations = 0, CanaryWeight = 0 };
        }

        return round.Hold(string.Empty, string.Empty, round.Now + Round.Soon);
    }
}
