namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>The beginning and the end of a run.</summary>
internal static class Runs
{
    /// <summary>Starts the run of a new revision.</summary>
    /// <param name="round">The decision being made.</param>
    /// <param name="revision">The revision.</param>
    /// <param name="skip">Without analysis, because a person asked for it.</param>
    public static Decision Start(Round round, string revision, bool skip = false)
    {
        var before = round.Status.Run?.Before ?? round.Status.Phase;
        var draining = round.Status.DrainingSince;
        round.Status = Fresh(round, revision, before, skip);
        round.Direct(Traffic.Of(round.Spec, round.Status));
        if (draining is null)
        {
            round.Do(new StartCanary(revision));
        }
        else
        {
            round.Run = round.Run with { StartPending = true, IsLive = false, ChangedAt = draining };
        }

        round.Event($"New revision detected! Scaling up {Texts.Target(round.Spec)}");
        round.Alert(AlertSeverity.Info, "New revision detected, progressing canary analysis.", withFields: true);
        foreach (var remark in Plans.Remarks(round.Spec))
        {
            round.Warn(remark);
        }

        return round.Hold(string.Empty, string.Empty, round.Now);
    }

    /// <summary>
    /// Starts over with a newer revision: the traffic leaves the canary at once, and only when it has left is the canary
    /// replaced.
    /// </summary>
    /// <param name="round">The decision being made; a run is under way.</param>
    /// <param name="revision">The newer revision.</param>
    public static Decision Restart(Round round, string revision)
    {
        // Whoever asked to promote without analysis asked it for the revision before.
        var before = round.Run.Before;
        Traffic.Withdraw(round);
        round.Status = Fresh(round, revision, before, skip: false);
        round.Run = round.Run with { StartPending = true, IsLive = false, ChangedAt = round.Now };
        round.Event($"New revision detected! Restarting analysis for {Texts.Target(round.Spec)}");
        return round.Hold(string.Empty, string.Empty, round.Now);
    }

    /// <summary>Ends the run under way and keeps its record.</summary>
    /// <param name="round">The decision being made; a run is under way.</param>
    /// <param name="phase">Succeeded or Failed.</param>
    /// <param name="reason">Why.</param>
    /// <param name="message">Why, in a sentence.</param>
    public static void End(Round round, CanaryPhase phase, string reason, string message)
    {
        var (status, run) = (round.Status, round.Run);
        var record = new RunRecord(
            run.Revision, run.StartedAt, round.Now, phase, reason, message, run.Weight, status.FailedChecks, status.Checks);
        var kept = Math.Max(0, status.History.Count + 1 - CanaryStatus.HistoryLength);
        round.Status = status with
        {
            Phase = phase,
            Iterations = 0,
            Reason = reason,
            Message = message,
            History = status.History.Skip(kept).Append(record).ToEquatableArray(),
            Paused = false,
            Approvals = [],
            NotReadySince = null,
            NextCheck = null,
        };
        round.Tell(new RunEndedNotice(phase == CanaryPhase.Succeeded, run.Plan.Strategy, run.Skipped));
    }

    /// <summary>Takes over a run that a status without our own fields tells of, from where it stands.</summary>
    public static void Adopt(Round round)
    {
        var (status, traffic) = (round.Status, round.Facts.Traffic);
        var weight = traffic?.Canary ?? status.CanaryWeight;
        round.Run = new RunStatus
        {
            Revision = status.LastAppliedSpec,
            StartedAt = status.LastTransitionTime,
            Plan = Plans.Of(round.Spec),
            Before = CanaryPhase.Succeeded,
            Weight = weight,
            Mirrored = traffic is { MirrorPercent: > 0 },
            ChangedAt = status.LastTransitionTime,
            TrafficSince = weight > 0 ? status.LastTransitionTime : null,
            Begun = weight > 0 || status.Iterations > 0,
            Skipped = round.Spec.SkipAnalysis,
        };
        round.Status = round.Status with { NextCheck = status.LastTransitionTime + round.Spec.Analysis.Interval };
    }

    private static CanaryStatus Fresh(Round round, string revision, CanaryPhase before, bool skip) => round.Status with
    {
        Phase = CanaryPhase.Progressing,
        CanaryWeight = 0,
        FailedChecks = 0,
        Iterations = 0,
        LastAppliedSpec = revision,
        Checks = [],
        KeepsCanary = false,
        DrainingSince = null,
        NotReadySince = null,
        NextCheck = null,
        Approvals = round.Status.Approvals.Where(approval => approval.Revision == revision).ToEquatableArray(),
        Run = new RunStatus
        {
            Revision = revision,
            StartedAt = round.Now,
            Plan = Plans.Of(round.Spec),
            Before = before,
            Skipped = skip || round.Spec.SkipAnalysis,
        },
    };
}
