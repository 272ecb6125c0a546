namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>Stops a canary that is out of the traffic, once no proxy can send it requests any more.</summary>
internal static class Drains
{
    /// <summary>Decides.</summary>
    public static Outcome Decide(Round round)
    {
        if (round.Status.DrainingSince is not { } since)
        {
            return round.Done(due: null);
        }

        if (round.Facts.Convergence is not { } convergence)
        {
            return new Ask([new AskConvergence()]);
        }

        var limit = since + round.Spec.Analysis.Convergence.Timeout;
        if (!Convergences.IsReached(round.Spec, convergence) && round.Now < limit)
        {
            return round.Done(round.Now + Round.Soon);
        }

        round.Do(new StopCanary());
        round.Status = round.Status with { DrainingSince = null };
        return round.Done(due: null);
    }
}
