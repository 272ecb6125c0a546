namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>The object is being deleted: the target gets its traffic back before anything of ours goes.</summary>
internal static class Terminating
{
    /// <summary>Decides.</summary>
    public static Outcome Decide(Round round)
    {
        if (round.Status.Phase == CanaryPhase.Terminating)
        {
            return round.Done(due: null);
        }

        round.Status = round.Status with { Phase = CanaryPhase.Terminating, Run = null, CanaryWeight = 0, Iterations = 0 };
        round.Event($"Terminating canary {Texts.Name(round.Spec)}");
        round.Do(new HandBack());
        round.Event($"Terminated canary {Texts.Name(round.Spec)}");
        return round.Done(due: null);
    }
}
