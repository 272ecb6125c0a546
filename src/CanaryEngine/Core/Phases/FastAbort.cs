using System.Globalization;

namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>Looks every few seconds inside the interval whether the canary is hopeless; two times in a row end the run.</summary>
internal static class FastAbort
{
    private const int Strikes = 2;

    // The shortest window that providers know: a look before it has passed would count what was answered before the run's traffic.
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(1);

    /// <summary>When to look next; null for not.</summary>
    public static DateTimeOffset? Due(Round round)
    {
        if (round.Spec.Analysis.Abort.Disabled || round.Run.TrafficSince is not { } since || !Selected(round.Spec.Analysis).Any())
        {
            return null;
        }

        var first = since + ShortestWindow;
        return round.Run.NextAbortCheck is { } next && next > first ? next : first;
    }

    /// <summary>Looks, if it is time to.</summary>
    /// <returns>The outcome if more is to be asked or the run ends; null otherwise.</returns>
    public static Outcome? Look(Round round)
    {
        if (Due(round) is not { } due || round.Now < due || round.Run.TrafficSince is not { } since)
        {
            return null;
        }

        var run = round.Run;
        var abort = round.Spec.Analysis.Abort;
        var checks = Selected(round.Spec.Analysis).ToList();
        var missing = checks.Where(check => !round.Facts.AbortMetrics.ContainsKey(check.Name)).ToList();
        if (missing.Count > 0)
        {
            return new Ask(missing.Select(Question (check) => new AskMetric(check, Window(round.Now - since, check), true))
                .ToEquatableArray());
        }

        var hopeless = checks.Find(check =>
            MetricJudge.IsHopeless(check, round.Facts.AbortMetrics[check.Name], abort.MinSamples));
        var strikes = hopeless is null ? 0 : run.AbortStrikes + 1;
        round.Run = run with { AbortStrikes = strikes, NextAbortCheck = round.Now + abort.Interval };
        return hopeless is not null && strikes >= Strikes ? End(round, hopeless) : null;
    }

    private static IEnumerable<MetricCheck> Selected(AnalysisSpec analysis) => analysis.Metrics.Where(
        check => analysis.Abort.Checks.Count == 0 ? check.IsBuiltIn : analysis.Abort.Checks.Contains(check.Name));

    // Only what the canary has answered itself, and no more than the check would look at.
    private static TimeSpan Window(TimeSpan inTraffic, MetricCheck check) =>
        inTraffic < check.Interval ? TimeSpan.FromSeconds(Math.Floor(inTraffic.TotalSeconds)) : check.Interval;

    private static Decision End(Round round, MetricCheck check)
    {
        var answer = round.Facts.AbortMetrics[check.Name];
        var result = MetricJudge.Judge(check, answer, round.Spec, round.Now);
        round.Status = round.Status with
        {
            Checks = round.Status.Checks.Where(known => known.Metric != check.Name).Append(result).ToEquatableArray(),
        };
        var samples = string.Create(CultureInfo.InvariantCulture, $"{answer.Samples:0}");
        var text = $"fast abort after {samples} requests: {result.Message}";
        return Rollbacks.RollBack(round, Reasons.FastAbort, $"Rolling back {Texts.Name(round.Spec)} {text}", $"Rolled back: {text}");
    }
}
