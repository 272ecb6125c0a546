using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>The bounds of a metric as written: <c>thresholdRange</c>, or one of its two older spellings.</summary>
/// <param name="Threshold">A bound whose side the source of the value tells; null when the others are given.</param>
/// <param name="Min">The smallest value that passes.</param>
/// <param name="Max">The largest value that passes.</param>
/// <param name="IsRelative">They are percent of the primary's value.</param>
internal sealed record MetricBounds(double? Threshold, double? Min, double? Max, bool IsRelative)
{
    /// <summary>Reads the bounds.</summary>
    /// <param name="metric">The metric.</param>
    /// <param name="source">Where its value comes from, which tells the unit.</param>
    public static MetricBounds Read(NodeReader metric, MetricSource source)
    {
        var (threshold, range) = (metric.Field("threshold"), metric.Field("thresholdRange"));
        FieldNames.ReportUnknown(range, "min", "max", "relativeTo");
        CheckSpellings(metric, threshold, range);
        var isRelative = range.Field("relativeTo").Choice(("primary", true)) ?? false;
        var parent = range.Exists ? range : metric;
        var min = ReadBound(parent.Field("min"), source, isRelative);
        var max = ReadBound(parent.Field("max"), source, isRelative);
        if (min > max)
        {
            parent.Field("min").Report("is greater than max, so that nothing would pass", "Swap the two");
        }

        return new MetricBounds(ReadBound(threshold, source, isRelative: false), min, max, isRelative);
    }

    /// <summary>The bounds of values of a source.</summary>
    /// <param name="source">The source.</param>
    public MetricRange For(MetricSource source) => (Threshold, source) switch
    {
        (null, _) => new MetricRange(Min, Max, IsRelative),
        (_, MetricSource.SuccessRate) => new MetricRange(Threshold, null),
        _ => new MetricRange(null, Threshold),
    };

    private static void CheckSpellings(NodeReader metric, NodeReader threshold, NodeReader range)
    {
        var bound = metric.Field("min").Exists ? metric.Field("min") : metric.Field("max");
        if (threshold.Exists && (range.Exists || bound.Exists))
        {
            threshold.Report(
                $"cannot be given together with {(range.Exists ? "thresholdRange" : "min or max")}", "Keep one of the two");
        }

        if (range.Exists && bound.Exists)
        {
            bound.Report("cannot be given together with thresholdRange", "Write it below thresholdRange");
        }

        if (range.Node is MappingNode && !range.Field("min").Exists && !range.Field("max").Exists)
        {
            range.Report("has neither min nor max", "Write at least one of them");
        }
        else if (!range.Exists && !threshold.Exists && !bound.Exists)
        {
            range.Report("is missing, so that nothing would be judged", "Write min, max or both below it");
        }
    }

    private static double? ReadBound(NodeReader field, MetricSource source, bool isRelative)
    {
        var value = field.Number();
        if (source == MetricSource.SuccessRate && !isRelative && value is < 0 or > 100)
        {
            field.Report($"must be from 0 to 100 percent, not {field.Shown()}", "Write percent, such as 99 or 99.5");
        }
        else if ((source == MetricSource.Duration || isRelative) && value < 0)
        {
            field.Report(
                $"must not be negative, not {field.Shown()}",
                isRelative ? "Write percent of the primary's value" : "Write milliseconds, such as 500 or 0.5");
        }

        return value;
    }
}
