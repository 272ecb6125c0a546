using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;

namespace XdsCanary.CanaryEngine.Metrics.EnvoyStats;

/// <summary>Reads the counts of clusters off the answer of Envoy's <c>/stats/prometheus</c>. Pure.</summary>
internal static partial class StatsTextReader
{
    private const string RequestsSeries = "envoy_cluster_upstream_rq";
    private const string BucketsSeries = "envoy_cluster_upstream_rq_time_bucket";
    private const string Infinity = "+Inf";

    /// <summary>Reads it. Lines about anything else are ignored.</summary>
    /// <param name="text">The answer.</param>
    /// <returns>Counts by the cluster's name in statistics.</returns>
    public static ImmutableDictionary<string, ClusterCounts> Read(string text)
    {
        var counts = new Dictionary<string, ClusterCounts>(StringComparer.Ordinal);
        foreach (var line in text.Split('\n'))
        {
            if (Sample().Match(line) is { Success: true } sample && NumberOf(sample.Groups["value"].ValueSpan) is { } value)
            {
                Take(counts, sample.Groups["series"].Value, LabelsOf(sample.Groups["labels"].Value), value);
            }
        }

        return counts.ToImmutableDictionary(StringComparer.Ordinal);
    }

    /// <summary>The regular expression by which Envoy picks the statistics of clusters that are wanted.</summary>
    /// <param name="clusters">The clusters' names in statistics.</param>
    public static string FilterOf(IEnumerable<string> clusters) =>
        $@"^cluster\.({string.Join('|', clusters.Select(Regex.Escape))})\.upstream_rq_([1-5][0-9][0-9]|time)$";

    private static void Take(
        Dictionary<string, ClusterCounts> counts, string series, Dictionary<string, string> labels, double value)
    {
        if (!labels.TryGetValue("envoy_cluster_name", out var cluster))
        {
            return;
        }

        var known = counts.GetValueOrDefault(cluster, ClusterCounts.Zero);
        if (series == RequestsSeries && labels.TryGetValue("envoy_response_code", out var text)
            && int.TryParse(text, CultureInfo.InvariantCulture, out var code))
        {
            counts[cluster] = known with { Codes = known.Codes.SetItem(code, value) };
        }
        else if (series == BucketsSeries && labels.TryGetValue("le", out var bound) && NumberOf(bound) is { } limit)
        {
            counts[cluster] = known with { Buckets = known.Buckets.SetItem(limit, value) };
        }
    }

    private static Dictionary<string, string> LabelsOf(string text)
    {
        var labels = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (Match label in Label().Matches(text))
        {
            labels[label.Groups["name"].Value] = label.Groups["value"].Value;
        }

        return labels;
    }

    private static double? NumberOf(ReadOnlySpan<char> text) =>
        text.SequenceEqual(Infinity) ? double.PositiveInfinity
        : double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && !double.IsNaN(number) ? number
        : null;

    [GeneratedRegex(@"\A(?<series>\w+)\{(?<labels>[^}]*)\} (?<value>\S+)")]
    private static partial Regex Sample();

    [GeneratedRegex(@"(?<name>\w+)=""(?<value>[^""]*)""")]
    private static partial Regex Label();
}
