namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>Stops a canary that is out of the traffic, once no proxy can send it requests any more.</summary>
internal static class Drains
{
    /// <summary>Waits until it can be stopped, and stops it.</summary>
    /// <param name="round">The decision being made.</param>
    /// <returns>The outcome; null when nothing is left to wait for.</returns>
    public static Outcome? Await(Round round)
    {
        if (round.Status.DrainingSince is not { } since)
        {
            return null;
        }

        if (round.IsDirected)
        {
            round.Status = round.Status with { DrainingSince = round.Now };
            return round.Done(round.Now + Round.Soon);
        }

        if (round.Facts.Convergence is not { } convergence)
        {
            return new Ask([new AskConvergence()]);
        }

        var limit = Convergences.Waiting(round, since) + round.Spec.Analysis.Convergence.Timeout;
        if (!Convergences.IsDrained(round, convergence, since) && round.Now < limit)
        {
            return round.Done(round.Now + Round.Soon);
        }

        round.Do(new StopCanary());
        round.Status = round.Status with { DrainingSince = null };
        return null;
    }
}
