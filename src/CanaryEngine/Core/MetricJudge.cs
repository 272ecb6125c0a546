namespace XdsCanary.CanaryEngine.Core;

/// <summary>Placeholder until merged.</summary>
internal static class MetricJudge
{
    /// <summary>Judges.</summary>
    public static CheckResult Judge(MetricCheck check, MetricAnswer answer, CanarySpec spec, DateTimeOffset at) => new(
        check.Name, at,
        answer.Value is not { } value ? Verdict.Inconclusive : value < check.Range.Min || value > check.Range.Max ? Verdict.Fail : Verdict.Pass,
        answer.Value, null, answer.Error, answer.Query, answer.Raw);

    /// <summary>Hopeless.</summary>
    public static bool IsHopeless(MetricCheck check, MetricAnswer answer, int minSamples) =>
        answer.Samples >= minSamples && (answer.Value < check.Range.Min || answer.Value > check.Range.Max);
}
