namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>What asking the gates of one type came to.</summary>
/// <param name="Question">A question that has to be answered first; null when all were.</param>
/// <param name="Closed">The first closed gate; null when all are open.</param>
internal readonly record struct GateState(Ask? Question, WebhookSpec? Closed);

/// <summary>Gates: webhooks whose answer lets a run go on, and approvals by hand that stand for such an answer.</summary>
internal static class Gates
{
    /// <summary>Asks the gates of a type in order, up to the first closed one.</summary>
    /// <param name="round">The decision being made.</param>
    /// <param name="type">The type.</param>
    /// <param name="revision">The revision that wants to pass.</param>
    /// <param name="phase">The phase to tell the receivers.</param>
    public static GateState Pass(Round round, WebhookType type, string revision, CanaryPhase phase)
    {
        foreach (var hook in round.Spec.Analysis.HooksOf(type))
        {
            if (!round.Status.Approvals.Contains(new Approval(hook.Name, revision)))
            {
                if (!round.Facts.Hooks.TryGetValue(hook.Name, out var answer))
                {
                    return new GateState(new Ask([new AskHook(hook, phase)]), null);
                }

                if (!answer.Passed)
                {
                    return new GateState(null, hook);
                }
            }

            round.Event(Texts.HookPassed(type, hook.Name));
        }

        return default;
    }

    /// <summary>Notes that a gate is closed, and says so: once per gate and run, whatever Flagger repeats.</summary>
    /// <param name="round">The decision being made; it has a run.</param>
    /// <param name="hook">The closed gate.</param>
    public static void Close(Round round, WebhookSpec hook)
    {
        var run = round.Run;
        var isNews = !run.ClosedGates.Contains(hook.Name);
        if (isNews || hook.Type == WebhookType.ConfirmTrafficIncrease)
        {
            round.Warn(Texts.GateClosed(round.Spec, hook.Type, hook.Name));
        }

        if (isNews)
        {
            run = run with { ClosedGates = run.ClosedGates.Append(hook.Name).ToEquatableArray() };
            if (!hook.MuteAlert)
            {
                round.Alert(AlertSeverity.Warn, Texts.GateAlert(hook.Type));
            }
        }

        round.Run = run with { GateSince = run.GateSince ?? round.Now };
        round.NextTick();
    }

    /// <summary>Why a gate that stays closed ends the run; null while it may stay closed.</summary>
    /// <param name="round">The decision being made; it has a run.</param>
    public static string? Overdue(Round round) =>
        round.Spec.Analysis.GateDeadline is { } deadline && round.Run.GateSince is { } since
        && round.Run.ClosedGates.Count > 0 && round.Now - since >= deadline
            ? $"gate {round.Run.ClosedGates[^1]} was closed for {Texts.Span(deadline)}"
            : null;

    /// <summary>The event that stands for a closed gate's deadline.</summary>
    public static string OverdueText(CanarySpec spec, string why) => $"Rolling back {Texts.Name(spec)} {why}";
}
