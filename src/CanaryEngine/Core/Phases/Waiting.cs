namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>A new revision waits for approval before its run starts. The newest revision waits, not the one that came first.</summary>
internal static class Waiting
{
    /// <summary>Starts to wait.</summary>
    /// <param name="round">The decision being made.</param>
    /// <param name="revision">The revision that waits.</param>
    /// <param name="gate">The closed gate.</param>
    public static Decision Enter(Round round, string revision, WebhookSpec gate)
    {
        var before = round.Status.Run?.Before ?? round.Status.Phase;
        round.Run = round.Status.Run is { } waiting && waiting.Revision == revision
            ? waiting
            : new RunStatus { Revision = revision, StartedAt = round.Now, Plan = Plans.Of(round.Spec), Before = before };
        Gates.Close(round, gate);
        round.Status = round.Status with { Phase = CanaryPhase.Waiting, NotReadySince = null };
        return Gates.Overdue(round) is { } why
            ? Rollbacks.Reject(round, Reasons.GateDeadline, Gates.OverdueText(round.Spec, why))
            : round.Hold(Reasons.GateClosed, Texts.GateClosed(round.Spec, gate.Type, gate.Name), round.Status.NextCheck);
    }

    /// <summary>Decides.</summary>
    public static Outcome Decide(Round round)
    {
        if (round.Facts.Target.Revision is not { } revision)
        {
            return Readinesses.HoldForTarget(round);
        }

        if (!Idle.IsNew(round.Status, revision))
        {
            round.Status = round.Status with { Phase = round.Run.Before, Run = null, NextCheck = null };
            return round.Hold(string.Empty, string.Empty, round.Now);
        }

        round.Direct(Traffic.Of(round.Spec, round.Status));
        var isNews = revision != round.Run.Revision;
        return isNews || round.IsTick ? Idle.Begin(round, revision) : round.Done(round.Status.NextCheck);
    }
}
