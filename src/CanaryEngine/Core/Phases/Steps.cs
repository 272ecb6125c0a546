namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>The next step of a run whose checks have passed, by its plan (`spec/flagger.md` 4.4).</summary>
internal static class Steps
{
    /// <summary>Takes it.</summary>
    public static Outcome Next(Round round)
    {
        round.Status = round.Status with { NotReadySince = null };
        return round.Run.Plan.Strategy switch
        {
            CanaryStrategy.AbTesting => AbTest(round),
            CanaryStrategy.BlueGreen => BlueGreen(round),
            _ => Progress(round),
        };
    }

    private static Outcome Progress(Round round)
    {
        if (!round.Run.Mirrored && round.Status.Phase != CanaryPhase.WaitingPromotion)
        {
            var gates = Gates.Pass(
                round, WebhookType.ConfirmTrafficIncrease, round.Run.Revision, CanaryPhase.Progressing);
            if (gates.Question is { } question)
            {
                return question;
            }

            if (gates.Closed is { } closed)
            {
                Gates.Close(round, closed);
                return round.Hold(
                    Reasons.GateClosed, Texts.GateClosed(round.Spec, closed.Type, closed.Name), round.Status.NextCheck);
            }
        }

        var run = round.Run;
        var next = run.Plan.Steps.FirstOrDefault(weight => weight > run.Weight);
        if (next == 0)
        {
            return ConfirmPromotion(round) ?? Progressing.Promote(round);
        }

        var mirrors = run.Plan.Mirror && !run.Mirrored && run.Weight == 0;
        Advance(round, mirrors ? 0 : next, mirrors);
        round.Event($"Advance {Texts.Name(round.Spec)} canary weight {round.Run.Weight}");
        return Observed(round);
    }

    private static Outcome AbTest(Round round)
    {
        if (round.Status.Iterations >= round.Run.Plan.Iterations)
        {
            return ConfirmPromotion(round) ?? Progressing.Promote(round);
        }

        if (round.Run.Weight == 0)
        {
            Advance(round, 100);
        }

        return Iterate(round);
    }

    // After the last check green takes all real traffic for one more interval before the primary is touched.
    private static Outcome BlueGreen(Round round)
    {
        var (run, iterations) = (round.Run, round.Status.Iterations);
        if (iterations < run.Plan.Iterations)
        {
            if (run.Plan.Mirror && !run.Mirrored)
            {
                Advance(round, 0, mirrored: true);
            }

            return Iterate(round);
        }

        if (ConfirmPromotion(round) is { } closed)
        {
            return closed;
        }

        if (iterations > run.Plan.Iterations)
        {
            return Progressing.Promote(round);
        }

        round.Status = round.Status with { Phase = CanaryPhase.Progressing, Iterations = iterations + 1 };
        if (run.Plan.MovesTraffic)
        {
            round.Event(run.Mirrored
                ? "Stop traffic mirroring and route all traffic to canary"
                : "Routing all traffic to canary");
        }

        Advance(round, 100);
        return Observed(round);
    }

    private static Decision Iterate(Round round)
    {
        var (count, plan) = (round.Status.Iterations + 1, round.Run.Plan);
        round.Status = round.Status with { Iterations = count };
        round.Run = round.Run with { GateSince = null };
        round.Event($"Advance {Texts.Name(round.Spec)} canary iteration {count}/{plan.Iterations}");
        round.NextTick();
        return Observed(round);
    }

    private static void Advance(Round round, int weight, bool mirrored = false)
    {
        Traffic.Shift(round, weight, mirrored);
        round.Run = round.Run with { GateSince = null };
        round.NextTick();
    }

    private static Decision Observed(Round round)
    {
        var due = round.Run.IsLive ? round.Status.NextCheck : round.Now + Round.Soon;
        return round.Hold(Reasons.Observing, $"Weight {round.Run.Weight} is observed", due);
    }

    private static Outcome? ConfirmPromotion(Round round)
    {
        var gates = Gates.Pass(round, WebhookType.ConfirmPromotion, round.Run.Revision, CanaryPhase.Progressing);
        if (gates.Question is { } question)
        {
            return question;
        }

        if (gates.Closed is not { } closed)
        {
            return null;
        }

        Gates.Close(round, closed);
        round.Status = round.Status with { Phase = CanaryPhase.WaitingPromotion };
        return round.Hold(
            Reasons.GateClosed, Texts.GateClosed(round.Spec, closed.Type, closed.Name), round.Status.NextCheck);
    }
}
