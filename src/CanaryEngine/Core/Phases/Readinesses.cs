namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>Waiting for what is not ready; shared by the phases.</summary>
internal static class Readinesses
{
    /// <summary>The target cannot be used.</summary>
    public static Decision HoldForTarget(Round round)
    {
        var problem = round.Facts.Target.Problem;
        if (round.IsTick)
        {
            round.Warn(problem);
            round.NextTick();
        }

        return round.Hold(Reasons.TargetMissing, problem, round.Status.NextCheck);
    }

    /// <summary>The primary is not ready. One that was deleted is made again, of the revision that it had.</summary>
    public static Decision HoldForPrimary(Round round)
    {
        if (!round.Facts.Primary.Exists)
        {
            round.Do(new EnsurePrimary());
            if (round.Status is { Phase: CanaryPhase.Promoting or CanaryPhase.Finalising, Run: { } run })
            {
                round.Do(new CopyToPrimary(run.Revision));
            }
        }

        return Hold(round, Reasons.PrimaryNotReady, Texts.PrimaryNotReady(round.Spec, round.Facts.Primary.Text));
    }

    /// <summary>The canary is not ready.</summary>
    public static Decision HoldForCanary(Round round) => Hold(
        round, Reasons.CanaryNotReady, Texts.CanaryNotReady(round.Spec, round.Facts.Canary.Text));

    /// <summary>Why a workload will not get ready in time; null while it may.</summary>
    /// <param name="round">The decision being made.</param>
    /// <param name="workload">The workload, not ready.</param>
    /// <param name="reason">What is said of it while it is waited for; waiting for another workload does not count.</param>
    public static string? GivenUp(Round round, WorkloadFact workload, string reason)
    {
        if (workload.Readiness == Readiness.Broken)
        {
            return workload.Text;
        }

        var deadline = round.Spec.ProgressDeadline;
        return Since(round, reason) is { } since && round.Now - since >= deadline
            ? $"{workload.Text} (not ready for {Texts.Span(deadline)})"
            : null;
    }

    private static DateTimeOffset? Since(Round round, string reason) =>
        round.Status.Reason == reason ? round.Status.NotReadySince : null;

    private static Decision Hold(Round round, string reason, string text)
    {
        var since = Since(round, reason) ?? round.Now;
        round.Status = round.Status with { NotReadySince = since };
        if (round.IsTick)
        {
            round.Warn(text);
            round.NextTick();
        }

        var deadline = since + round.Spec.ProgressDeadline;
        var next = round.Status.NextCheck ?? deadline;
        return round.Hold(reason, text, deadline > round.Now && deadline < next ? deadline : next);
    }
}
