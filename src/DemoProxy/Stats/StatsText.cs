using System.Globalization;
using System.Text;

namespace XdsCanary.DemoProxy.Stats;

/// <summary>Writes statistics in Envoy's two text forms.</summary>
internal static class StatsText
{
    /// <summary>Lines of <c>name: value</c>.</summary>
    /// <param name="snapshot">The numbers.</param>
    /// <param name="include">Tells by dotted name what to write.</param>
    public static string Plain(StatsSnapshot snapshot, Predicate<string> include)
    {
        var text = new StringBuilder();
        foreach (var stat in snapshot.Stats.Where(stat => include(stat.Name)))
        {
            text.Append(CultureInfo.InvariantCulture, $"{stat.Name}: {stat.Value}\n");
        }

        foreach (var histogram in snapshot.Histograms.Where(histogram => include(histogram.Name)))
        {
            text.Append(CultureInfo.InvariantCulture, $"{histogram.Name}: {Buckets(histogram.Reading)}\n");
        }

        return text.ToString();
    }

    /// <summary>The text format of Prometheus.</summary>
    /// <param name="snapshot">The numbers.</param>
    /// <param name="include">Tells by dotted name what to write.</param>
    public static string Prometheus(StatsSnapshot snapshot, Predicate<string> include)
    {
        var text = new StringBuilder();
        foreach (var metric in snapshot.Stats.Where(stat => include(stat.Name)).GroupBy(stat => stat.Metric))
        {
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {metric.Key} {(metric.First().IsGauge ? "gauge" : "counter")}\n");
            foreach (var stat in metric)
            {
                text.Append(CultureInfo.InvariantCulture, $"{stat.Metric}{{{stat.Labels}}} {stat.Value}\n");
            }
        }

        foreach (var metric in snapshot.Histograms.Where(histogram => include(histogram.Name)).GroupBy(stat => stat.Metric))
        {
            text.Append(CultureInfo.InvariantCulture, $"# TYPE {metric.Key} histogram\n");
            foreach (var histogram in metric)
            {
                WriteHistogram(text, histogram);
            }
        }

        return text.ToString();
    }

    private static void WriteHistogram(StringBuilder text, HistogramStat histogram)
    {
        var (metric, labels, reading) = (histogram.Metric, histogram.Labels, histogram.Reading);
        for (var index = 0; index < Histogram.UpperBounds.Length; index++)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"{metric}_bucket{{{labels},le=\"{Histogram.UpperBounds[index]}\"}} {reading.Cumulative[index]}\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"{metric}_bucket{{{labels},le=\"+Inf\"}} {reading.Count}\n");
        text.Append(CultureInfo.InvariantCulture, $"{metric}_sum{{{labels}}} {reading.Sum}\n");
        text.Append(CultureInfo.InvariantCulture, $"{metric}_count{{{labels}}} {reading.Count}\n");
    }

    private static string Buckets(HistogramReading reading)
    {
        if (reading.Count == 0)
        {
            return "No recorded values";
        }

        // Envoy's form of cumulative buckets, which has the last interval's count first; here both are the total.
        var buckets = Histogram.UpperBounds.Select((bound, index) =>
            string.Create(CultureInfo.InvariantCulture, $"B{bound}({reading.Cumulative[index]},{reading.Cumulative[index]})"));
        return string.Join(' ', buckets);
    }
}
