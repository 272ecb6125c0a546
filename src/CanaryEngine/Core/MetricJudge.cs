using System.Globalization;

namespace XdsCanary.CanaryEngine.Core;

/// <summary>Judges what a metric says: in range, out of range, or nothing to judge; with the event's text. Pure.</summary>
public static class MetricJudge
{
    // One wrong abort in a thousand looks, on one side; a canary is looked at every few seconds.
    private const double WilsonZ = 3.29;
    private const string DefaultProvider = "envoy";
    private const string TemplateProblem = "Metric template ";

    /// <summary>Judges an answer. Bounds are inclusive.</summary>
    /// <param name="check">The metric.</param>
    /// <param name="answer">What its provider answered.</param>
    /// <param name="spec">The canary.</param>
    /// <param name="at">When.</param>
    public static CheckResult Judge(MetricCheck check, MetricAnswer answer, CanarySpec spec, DateTimeOffset at)
    {
        var (verdict, message) = MissingOf(check, answer) is { } missing
            ? (Verdict.Inconclusive, DescribeMissing(check, answer, spec, missing))
            : Compare(check, answer, spec);
        return new CheckResult(
            check.Name, at, verdict, answer.Value, answer.Baseline, message, answer.Query, answer.Raw);
    }

    /// <summary>Why an answer cannot be judged.</summary>
    /// <param name="check">The metric.</param>
    /// <param name="answer">What its provider answered.</param>
    /// <returns>Null when it can be judged.</returns>
    public static InconclusiveKind? MissingOf(MetricCheck check, MetricAnswer answer) =>
        answer.Missing is { } kind ? kind
        : answer.Value is null || (check.Range.RelativeToPrimary && answer.Baseline is null or 0) ? InconclusiveKind.NoTraffic
        : null;

    /// <summary>
    /// Tells whether the canary cannot come back into range: even if it had bad luck, its success rate is below the minimum, or
    /// half of its requests already take longer than the limit.
    /// </summary>
    /// <param name="check">The metric.</param>
    /// <param name="answer">What its provider answered to a question for the fast abort: a duration is the median.</param>
    /// <param name="minSamples">Fewer requests than these are never hopeless.</param>
    public static bool IsHopeless(MetricCheck check, MetricAnswer answer, int minSamples)
    {
        if (MissingOf(check, answer) is not null || answer is not { Value: { } value, Samples: { } samples }
            || samples < Math.Max(minSamples, 1))
        {
            return false;
        }

        return check.Source switch
        {
            MetricSource.SuccessRate =>
                Bound(check.Range.Min, check, answer) is { } min && WilsonUpperEnd(value / 100, samples) * 100 < min,
            MetricSource.Duration => Bound(check.Range.Max, check, answer) is { } max && value > max,
            _ => false,
        };
    }

    private static (Verdict Verdict, string Message) Compare(MetricCheck check, MetricAnswer answer, CanarySpec spec)
    {
        var value = answer.Value!.Value;
        if (Bound(check.Range.Min, check, answer) is { } min && value < min)
        {
            return (Verdict.Fail, DescribeRange(check, answer, spec, "<", check.Range.Min!.Value));
        }

        return Bound(check.Range.Max, check, answer) is { } max && value > max
            ? (Verdict.Fail, DescribeRange(check, answer, spec, ">", check.Range.Max!.Value))
            : (Verdict.Pass, string.Empty);
    }

    private static double? Bound(double? bound, MetricCheck check, MetricAnswer answer) =>
        check.Range.RelativeToPrimary ? bound / 100 * answer.Baseline : bound;

    private static string DescribeRange(MetricCheck check, MetricAnswer answer, CanarySpec spec, string sign, double bound)
    {
        var value = answer.Value!.Value;
        var limit = check.Range.RelativeToPrimary
            ? $"{Number(bound)}% of the primary's {Show(check.Source, answer.Baseline!.Value)}"
            : check.Source switch
            {
                MetricSource.SuccessRate => $"{Number(bound)}%",
                MetricSource.Duration => Duration(bound, whole: false),
                _ => Number(bound),
            };
        var shown = Show(check.Source, value);
        // Cut to whole milliseconds both may look the same.
        shown = check.Source == MetricSource.Duration && shown == limit ? Duration(value, whole: false) : shown;
        var subject = check.Source switch
        {
            MetricSource.SuccessRate => "success rate",
            MetricSource.Duration => "request duration",
            _ => check.Name,
        };
        return $"Halt {spec.Key.Name}.{spec.Key.Namespace} advancement {subject} {shown} {sign} {limit}";
    }

    private static string DescribeMissing(MetricCheck check, MetricAnswer answer, CanarySpec spec, InconclusiveKind kind)
    {
        if (answer.Error.StartsWith(TemplateProblem, StringComparison.Ordinal))
        {
            return answer.Error;
        }

        if (answer.Missing is null && answer.Value is not null)
        {
            return $"Halt advancement no values found for metric {check.Name} of the primary, which "
                + $"{spec.Key.Name}.{spec.Key.Namespace} is compared with";
        }

        var asked = answer.Provider == MetricProviderType.Prometheus ? "Prometheus query failed" : "Metric query failed";
        return (check.Source, kind) switch
        {
            (MetricSource.SuccessRate, InconclusiveKind.NoTraffic) => $"{NoTraffic(check, spec)}: {answer.Error}",
            (MetricSource.Duration, InconclusiveKind.NoTraffic) => NoTraffic(check, spec),
            (MetricSource.Query, InconclusiveKind.NoTraffic) => $"Halt advancement no values found for metric: {check.Name}",
            (MetricSource.Template, InconclusiveKind.NoTraffic) =>
                $"Halt advancement no values found for custom metric: {check.Name}: {answer.Error}",
            (MetricSource.Query, _) => $"{asked} for {check.Name}: {answer.Error}",
            (MetricSource.Template, _) => $"Metric query failed for {check.Name}: {answer.Error}",
            _ => $"{asked}: {answer.Error}",
        };
    }

    private static string NoTraffic(MetricCheck check, CanarySpec spec)
    {
        var provider = spec.Provider.Length > 0 ? spec.Provider : DefaultProvider;
        var suffix = spec.Target.Kind == TargetKind.Service ? ":service" : string.Empty;
        return $"Halt advancement no values found for {provider}{suffix} metric {check.Name} probably "
            + $"{spec.Target.Name}.{spec.Key.Namespace} is not receiving traffic";
    }

    private static double WilsonUpperEnd(double share, double samples)
    {
        const double Square = WilsonZ * WilsonZ;
        var spread = Math.Sqrt((share * (1 - share) / samples) + (Square / (4 * samples * samples)));
        return (share + (Square / (2 * samples)) + (WilsonZ * spread)) / (1 + (Square / samples));
    }

    private static string Show(MetricSource source, double value) => source switch
    {
        MetricSource.SuccessRate => $"{Fixed(value)}%",
        MetricSource.Duration => Duration(value, whole: true),
        _ => Fixed(value),
    };

    private static string Fixed(double value) =>
        double.IsFinite(value) ? value.ToString("0.00", CultureInfo.InvariantCulture) : Number(value);

    private static string Number(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf"
        : double.IsNegativeInfinity(value) ? "-Inf"
        : value.ToString(CultureInfo.InvariantCulture);

    // As Go writes durations: 1m1.5s, 500ms, 0s.
    private static string Duration(double milliseconds, bool whole)
    {
        if (Math.Abs(milliseconds) > TimeSpan.MaxValue.TotalMilliseconds / 2)
        {
            return Number(milliseconds);
        }

        // A duration below a millisecond would be cut to nothing.
        var isCut = whole && Math.Abs(milliseconds) >= 1;
        var microseconds = (long)(isCut ? Math.Truncate(milliseconds) * 1000 : Math.Round(milliseconds * 1000));
        var sign = microseconds < 0 ? "-" : string.Empty;
        var rest = Math.Abs(microseconds);
        if (rest < 1_000_000)
        {
            return rest switch
            {
                0 => "0s",
                < 1000 => $"{sign}{rest}µs",
                _ => $"{sign}{Number(rest / 1000.0)}ms",
            };
        }

        var (hours, minutes) = (rest / 3_600_000_000, rest / 60_000_000 % 60);
        var seconds = Number(rest % 60_000_000 / 1_000_000m);
        return hours > 0 ? $"{sign}{hours}h{minutes}m{seconds}s"
            : minutes > 0 ? $"{sign}{minutes}m{seconds}s"
            : $"{sign}{seconds}s";
    }

    private static string Number(decimal value) => value.ToString("0.######", CultureInfo.InvariantCulture);
}
