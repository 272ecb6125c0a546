using XdsCanary.CanaryEngine.Core.Phases;

namespace XdsCanary.CanaryEngine.Core;

/// <summary>
/// The canary engine's decisions: a function of what is wanted, remembered and observed. Pure and deterministic. What counts
/// first is decided first: deletion, what a person asks for, suspension, then the phase, which looks for reasons to roll back
/// before it looks for reasons to go on (`spec/flagger.md` Appendix E.6).
/// </summary>
public static class CanaryMachine
{
    /// <summary>Decides what to do next.</summary>
    /// <param name="spec">What is wanted.</param>
    /// <param name="status">What is remembered.</param>
    /// <param name="facts">What is observed.</param>
    /// <returns>A <see cref="Decision"/>, or an <see cref="Ask"/> for facts that are missing.</returns>
    public static Outcome Decide(CanarySpec spec, CanaryStatus status, Facts facts)
    {
        ArgumentNullException.ThrowIfNull(spec);
        ArgumentNullException.ThrowIfNull(status);
        ArgumentNullException.ThrowIfNull(facts);
        var round = new Round(spec, status, facts);
        if (facts.IsDeleted)
        {
            return Terminating.Decide(round);
        }

        if (status.Run is null && (status.Phase.IsRunning() || status.Phase == CanaryPhase.Waiting))
        {
            Runs.Adopt(round);
        }

        if (facts.Verb is { } verb && Verbs.Apply(round, verb) is { } ended)
        {
            return ended;
        }

        return spec.Suspend ? Suspended(round) : round.Status.Phase switch
        {
            CanaryPhase.Waiting => Waiting.Decide(round),
            CanaryPhase.Progressing or CanaryPhase.WaitingPromotion => Progressing.Decide(round),
            CanaryPhase.Promoting => Promoting.Decide(round),
            CanaryPhase.Finalising => Finalising.Decide(round),
            CanaryPhase.None or CanaryPhase.Initializing or CanaryPhase.Terminating => Initializing.Decide(round),
            _ => Idle.Decide(round),
        };
    }

    private static Decision Suspended(Round round)
    {
        if (round.IsTick)
        {
            round.Event("skipping canary run as object is suspended");
            round.NextTick();
        }

        return round.Hold(Reasons.Suspended, "spec.suspend is set", round.Status.NextCheck);
    }
}
