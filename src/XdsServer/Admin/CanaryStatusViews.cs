using System.Collections.Immutable;
using System.Globalization;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.XdsServer.Admin;

/// <summary>Turns canaries into what the admin API shows. Pure.</summary>
internal static class CanaryStatusViews
{
    /// <summary>Makes the view.</summary>
    /// <param name="canary">The canary.</param>
    /// <param name="traffic">How far the proxies follow; null when unknown.</param>
    /// <param name="isFull">With checks, history and events.</param>
    public static CanaryStatusView Of(CanaryView canary, ServiceConvergence? traffic, bool isFull)
    {
        var status = canary.Status;
        var isNew = status.Phase == CanaryPhase.None;
        return new CanaryStatusView
        {
            Namespace = canary.Key.Namespace,
            Name = canary.Key.Name,
            Spec = canary.Spec is { } spec ? Of(spec) : null,
            Phase = Name(status.Phase),
            Weight = status.Run?.Weight ?? (status.KeepsCanary ? 100 : 0),
            CanaryWeight = status.CanaryWeight,
            FailedChecks = status.FailedChecks,
            Iterations = status.Iterations,
            Reason = status.Reason,
            Message = status.Message,
            Paused = status.Paused,
            NextCheck = status.NextCheck,
            LastTransitionTime = isNew ? null : status.LastTransitionTime,
            LastAppliedSpec = status.LastAppliedSpec,
            LastPromotedSpec = status.LastPromotedSpec,
            Traffic = traffic is null ? null : Of(traffic),
            Promoted = CanaryConditions.Promoted(status.Phase, canary.Spec?.Target.Kind ?? TargetKind.Service),
            Accepted = CanaryConditions.Accepted(canary.Problems),
            Run = status.Run is { } run ? Of(run) : null,
            ClosedGates = [.. status.Run?.ClosedGates ?? []],
            Approvals = [.. status.Approvals],
            Problems = [.. canary.Problems.Select(problem => problem.ToString())],
            LastEvent = canary.Events.Count > 0 ? canary.Events[^1].Text : null,
            Checks = isFull ? [.. status.Checks.Select(Of)] : null,
            History = isFull ? [.. status.History.Select(Of)] : null,
            Events = isFull ? Events(canary) : null,
        };
    }

    /// <summary>The events of a canary, oldest first.</summary>
    /// <param name="canary">The canary.</param>
    public static ImmutableArray<CanaryEventView> Events(CanaryView canary) =>
    [
        .. canary.Events.Select(told => new CanaryEventView(
            told.First, told.Last, told.Count, told.IsWarning ? "Warning" : "Normal", told.Text, Name(told.Phase))),
    ];

    private static CanarySpecView Of(CanarySpec spec) => new(
        $"{spec.Target.Kind}/{spec.Target.Name}",
        spec.Service.Name,
        spec.Analysis.Strategy.ToString(),
        Span(spec.Analysis.Interval),
        spec.Analysis.Threshold,
        spec.Analysis.Iterations,
        spec.Analysis.StepWeight,
        [.. spec.Analysis.StepWeights],
        spec.Analysis.WrittenMaxWeight,
        spec.Analysis.Mirror,
        spec.Suspend,
        spec.SkipAnalysis,
        [.. spec.Analysis.Metrics.Select(Describe)],
        [.. spec.Analysis.Webhooks.Select(hook => $"{hook.Name} ({hook.Type})")]);

    private static CanaryRunView Of(RunStatus run) => new(
        run.Revision,
        run.StartedAt,
        run.Plan.Strategy.ToString(),
        [.. run.Plan.Steps],
        run.Plan.Iterations,
        run.Mirrored,
        run.Skipped);

    private static CanaryTrafficView Of(ServiceConvergence traffic) => new(
        traffic.IsLive, traffic.Proxies, traffic.Converged, traffic.Wanted, traffic.Acknowledged, traffic.Lagging);

    private static CanaryCheckView Of(CheckResult check) => new(
        check.Metric,
        check.At,
        check.Verdict.ToString(),
        Finite(check.Value),
        Finite(check.Baseline),
        check.Message,
        check.Query,
        check.Answer);

    private static CanaryRecordView Of(RunRecord record) => new(
        record.Revision,
        record.StartedAt,
        record.EndedAt,
        Name(record.Phase),
        record.Reason,
        record.Message,
        record.Weight,
        record.FailedChecks,
        [.. record.Checks.Select(Of)]);

    private static string Describe(MetricCheck check)
    {
        var bounds = (check.Range.Min, check.Range.Max) switch
        {
            ({ } min, { } max) => string.Create(CultureInfo.InvariantCulture, $"{min} to {max}"),
            ({ } min, null) => string.Create(CultureInfo.InvariantCulture, $"at least {min}"),
            (null, { } max) => string.Create(CultureInfo.InvariantCulture, $"at most {max}"),
            _ => string.Empty,
        };
        return $"{check.Name}: {bounds}{(check.Range.RelativeToPrimary ? " percent of the primary's" : string.Empty)} over {check.IntervalText}";
    }

    // JSON has no infinite numbers.
    private static double? Finite(double? value) => value is { } number && double.IsFinite(number) ? number : null;

    private static string Name(CanaryPhase phase) => phase == CanaryPhase.None ? string.Empty : phase.ToString();

    private static string Span(TimeSpan span)
    {
        var text = string.Empty;
        text += span.TotalHours >= 1 ? string.Create(CultureInfo.InvariantCulture, $"{(int)span.TotalHours}h") : string.Empty;
        text += span.Minutes > 0 ? string.Create(CultureInfo.InvariantCulture, $"{span.Minutes}m") : string.Empty;
        var seconds = span.TotalSeconds % 60;
        return seconds > 0 || text.Length == 0 ? text + string.Create(CultureInfo.InvariantCulture, $"{seconds:0.###}s") : text;
    }
}
