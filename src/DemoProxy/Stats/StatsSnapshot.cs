using System.Collections.Immutable;
using XdsCanary.DemoProxy.Model;

namespace XdsCanary.DemoProxy.Stats;

/// <summary>A number with its two names: the dotted one of Envoy's text, and the labelled one of its Prometheus form.</summary>
/// <param name="Name">The dotted name.</param>
/// <param name="Metric">The metric's name.</param>
/// <param name="Labels">The labels as they are written, without braces.</param>
/// <param name="Value">The number.</param>
/// <param name="IsGauge">Whether it may fall.</param>
internal sealed record Stat(string Name, string Metric, string Labels, long Value, bool IsGauge = false);

/// <summary>A histogram with its two names.</summary>
/// <param name="Name">The dotted name.</param>
/// <param name="Metric">The metric's name.</param>
/// <param name="Labels">The labels as they are written, without braces.</param>
/// <param name="Reading">The values.</param>
internal sealed record HistogramStat(string Name, string Metric, string Labels, HistogramReading Reading);

/// <summary>All numbers at one moment.</summary>
/// <param name="Stats">The counters and gauges.</param>
/// <param name="Histograms">The histograms.</param>
internal sealed record StatsSnapshot(ImmutableArray<Stat> Stats, ImmutableArray<HistogramStat> Histograms)
{
    /// <summary>Takes all numbers.</summary>
    /// <param name="stats">The counters.</param>
    /// <param name="config">The configuration in service, for the sizes of clusters.</param>
    public static StatsSnapshot Take(ProxyStats stats, ProxyConfig config)
    {
        List<Stat> all =
        [
            new("control_plane.connected_state", "envoy_control_plane_connected_state", "", stats.Connected ? 1 : 0, true),
            new("cluster_manager.active_clusters", "envoy_cluster_manager_active_clusters", "", config.Clusters.Count, true),
        ];
        all.AddRange(config.Clusters.Values.SelectMany(Membership));
        all.AddRange(stats.Clusters.SelectMany(entry => OfCluster(entry.Key, entry.Value)));
        all.AddRange(stats.Downstreams.SelectMany(entry => OfDownstream(entry.Key, entry.Value)));
        var histograms = stats.Clusters.Select(entry => new HistogramStat(
            $"cluster.{entry.Key}.upstream_rq_time", "envoy_cluster_upstream_rq_time", ClusterLabel(entry.Key),
            entry.Value.Time.Read()));
        return new StatsSnapshot(
            [.. all.OrderBy(stat => stat.Name, StringComparer.Ordinal)],
            [.. histograms.OrderBy(histogram => histogram.Name, StringComparer.Ordinal)]);
    }

    private static IEnumerable<Stat> Membership(ServingCluster cluster)
    {
        var name = cluster.Spec.StatName;
        var healthy = cluster.Endpoints.All.Count(endpoint => endpoint.Healthy);
        yield return new Stat(
            $"cluster.{name}.membership_healthy", "envoy_cluster_membership_healthy", ClusterLabel(name), healthy, true);
        yield return new Stat(
            $"cluster.{name}.membership_total", "envoy_cluster_membership_total", ClusterLabel(name),
            cluster.Endpoints.All.Length, true);
    }

    private static IEnumerable<Stat> OfCluster(string name, ClusterStats stats)
    {
        var label = ClusterLabel(name);
        yield return new Stat($"cluster.{name}.upstream_rq_total", "envoy_cluster_upstream_rq_total", label, stats.Total);
        yield return new Stat(
            $"cluster.{name}.upstream_rq_completed", "envoy_cluster_upstream_rq_completed", label, stats.Completed);
        yield return new Stat($"cluster.{name}.upstream_rq_timeout", "envoy_cluster_upstream_rq_timeout", label, stats.TimedOut);
        foreach (var (status, count) in stats.Statuses.ByStatus())
        {
            yield return new Stat(
                $"cluster.{name}.upstream_rq_{status}", "envoy_cluster_upstream_rq",
                $"envoy_response_code=\"{status}\",{label}", count);
        }

        foreach (var (group, count) in stats.Statuses.ByClass())
        {
            yield return new Stat(
                $"cluster.{name}.upstream_rq_{group}xx", "envoy_cluster_upstream_rq_xx",
                $"envoy_response_code_class=\"{group}\",{label}", count);
        }
    }

    private static IEnumerable<Stat> OfDownstream(string prefix, DownstreamStats stats)
    {
        var label = $"envoy_http_conn_manager_prefix=\"{Escape(prefix)}\"";
        yield return new Stat($"http.{prefix}.downstream_rq_total", "envoy_http_downstream_rq_total", label, stats.Total);
        foreach (var (group, count) in stats.Statuses.ByClass())
        {
            yield return new Stat(
                $"http.{prefix}.downstream_rq_{group}xx", "envoy_http_downstream_rq_xx",
                $"envoy_response_code_class=\"{group}\",{label}", count);
        }
    }

    private static string ClusterLabel(string name) => $"envoy_cluster_name=\"{Escape(name)}\"";

    private static string Escape(string value) =>
        value.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal);
}
