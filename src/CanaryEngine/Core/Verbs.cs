using XdsCanary.CanaryEngine.Core.Phases;

namespace XdsCanary.CanaryEngine.Core;

/// <summary>What a person asks for: it is done, or refused with a reason that says what can be done instead.</summary>
internal static class Verbs
{
    /// <summary>Applies a verb.</summary>
    /// <param name="round">The decision being made.</param>
    /// <param name="request">What is asked.</param>
    /// <returns>The outcome if the verb decides the round; null to go on with the phase.</returns>
    public static Decision? Apply(Round round, VerbRequest request) => request.Verb switch
    {
        Verb.Promote => Promote(round, request),
        Verb.Rollback => Rollback(round, request),
        Verb.Pause => Pause(round, request),
        Verb.Resume => Resume(round, request),
        Verb.Retry => Retry(round, request),
        _ => Approve(round, request),
    };

    private static Decision? Promote(Round round, VerbRequest request)
    {
        if (round.Status.Phase.IsAnalysing())
        {
            Announce(round, request, "Promotion");
            round.Run = round.Run with { Skipped = true };
            round.Status = round.Status with { Paused = false };
            return null;
        }

        if (round.Status.KeepsCanary)
        {
            return Refuse(round, "the canary carries the traffic until the primary is ready");
        }

        var isIdle = round.Status.Phase.IsIdle() || round.Status.Phase == CanaryPhase.Waiting;
        if (isIdle && round.Facts.Target.Revision is { } revision && Idle.IsNew(round.Status, revision))
        {
            Announce(round, request, "Promotion");
            round.Status = round.Status with { Paused = false };
            return Runs.Start(round, revision, skip: true);
        }

        return Refuse(round, "there is no new revision to promote; change the target first, or retry the failed one");
    }

    private static Decision? Rollback(Round round, VerbRequest request)
    {
        var text = $"Rolling back {Texts.Name(round.Spec)} requested by {request.By}";
        return round.Status.Phase switch
        {
            CanaryPhase.Progressing or CanaryPhase.WaitingPromotion => Rollbacks.RollBack(
                round, Reasons.RolledBackByHand, text, text, AlertSeverity.Warn),
            CanaryPhase.Promoting or CanaryPhase.Finalising => Rollbacks.StopPromotion(round, text),
            CanaryPhase.Waiting => Rollbacks.Reject(round, Reasons.RolledBackByHand, text),
            _ => Refuse(round, "no run is under way"),
        };
    }

    private static Decision? Pause(Round round, VerbRequest request)
    {
        if (round.Status.Paused)
        {
            return Refuse(round, "it is paused already");
        }

        Announce(round, request, "Pause");
        round.Status = round.Status with { Paused = true };
        return null;
    }

    private static Decision? Resume(Round round, VerbRequest request)
    {
        if (!round.Status.Paused)
        {
            return Refuse(round, "it is not paused");
        }

        Announce(round, request, "Resumption");
        // The pause counts neither as waiting for readiness nor as waiting for a gate.
        round.Status = round.Status with { Paused = false, NotReadySince = null };
        if (round.Status.Run is { GateSince: not null } run)
        {
            round.Run = run with { GateSince = round.Now };
        }

        if (round.Status.Phase.IsAnalysing())
        {
            round.NextTick();
        }

        return null;
    }

    private static Decision? Retry(Round round, VerbRequest request)
    {
        var status = round.Status;
        if (status.Phase != CanaryPhase.Failed
            || round.Facts.Target.Revision is not { } revision
            || revision == status.LastPromotedSpec)
        {
            return Refuse(round, "only a failed revision that is still the target's can be analysed again");
        }

        Announce(round, request, "Another analysis");
        round.Status = status with { LastAppliedSpec = status.LastPromotedSpec };
        return null;
    }

    private static Decision? Approve(Round round, VerbRequest request)
    {
        if (round.Status.Run is not { } run)
        {
            return Refuse(round, "no gate is closed");
        }

        var closed = run.ClosedGates.Count > 0 ? run.ClosedGates[^1] : null;
        var hook = request.Hook.Length > 0 ? request.Hook : closed;
        if (hook is null || !IsGate(round.Spec, hook))
        {
            return Refuse(round, hook is null ? "no gate is closed" : $"it has no gate '{hook}'");
        }

        round.Event($"Approval of {hook} for {Texts.Name(round.Spec)} given by {request.By}");
        round.Status = round.Status with
        {
            Approvals = round.Status.Approvals.Append(new Approval(hook, run.Revision)).Distinct().ToEquatableArray(),
            NextCheck = run.ClosedGates.Contains(hook) ? round.Now : round.Status.NextCheck,
        };
        return null;
    }

    private static bool IsGate(CanarySpec spec, string hook) => spec.Analysis.Webhooks.Any(known => known.Name == hook
        && known.Type is WebhookType.ConfirmRollout or WebhookType.ConfirmTrafficIncrease or WebhookType.ConfirmPromotion);

    private static void Announce(Round round, VerbRequest request, string what) =>
        round.Event($"{what} of {Texts.Name(round.Spec)} requested by {request.By}");

    // A refused verb changes nothing: the phase decides as if nobody had asked, so that what it waits for is looked at again.
    private static Decision? Refuse(Round round, string why)
    {
        round.Refusal = $"{round.Spec.Key} is {round.Status.Phase}: {why}";
        return null;
    }
}
