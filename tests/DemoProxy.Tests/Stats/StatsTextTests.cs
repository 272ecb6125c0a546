using System.Collections.Immutable;
using XdsCanary.DemoProxy.Model;
using XdsCanary.DemoProxy.Stats;

namespace XdsCanary.DemoProxy.Tests.Stats;

public sealed class StatsTextTests
{
    [Fact]
    public void Plain_has_envoys_names()
    {
        var lines = StatsText.Plain(Snapshot(), _ => true).Split('\n');

        Assert.Contains("control_plane.connected_state: 1", lines);
        Assert.Contains("cluster.shop-v1.membership_healthy: 1", lines);
        Assert.Contains("cluster.shop-v1.membership_total: 2", lines);
        Assert.Contains("cluster.shop-v1.upstream_rq_total: 2", lines);
        Assert.Contains("cluster.shop-v1.upstream_rq_completed: 2", lines);
        Assert.Contains("cluster.shop-v1.upstream_rq_200: 1", lines);
        Assert.Contains("cluster.shop-v1.upstream_rq_2xx: 1", lines);
        Assert.Contains("cluster.shop-v1.upstream_rq_503: 1", lines);
        Assert.Contains("http.ingress.downstream_rq_total: 1", lines);
        Assert.Contains("http.ingress.downstream_rq_5xx: 1", lines);
    }

    [Fact]
    public void Prometheus_has_envoys_metrics_and_labels()
    {
        var lines = StatsText.Prometheus(Snapshot(), _ => true).Split('\n');

        Assert.Contains("# TYPE envoy_cluster_upstream_rq counter", lines);
        Assert.Contains("envoy_cluster_upstream_rq_total{envoy_cluster_name=\"shop-v1\"} 2", lines);
        Assert.Contains("envoy_cluster_upstream_rq{envoy_response_code=\"200\",envoy_cluster_name=\"shop-v1\"} 1", lines);
        Assert.Contains("envoy_cluster_upstream_rq_xx{envoy_response_code_class=\"5\",envoy_cluster_name=\"shop-v1\"} 1", lines);
        Assert.Contains("envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name=\"shop-v1\",le=\"0.5\"} 0", lines);
        Assert.Contains("envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name=\"shop-v1\",le=\"5\"} 1", lines);
        Assert.Contains("envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name=\"shop-v1\",le=\"+Inf\"} 1", lines);
        Assert.Contains("envoy_cluster_upstream_rq_time_sum{envoy_cluster_name=\"shop-v1\"} 5", lines);
        Assert.Contains("envoy_cluster_upstream_rq_time_count{envoy_cluster_name=\"shop-v1\"} 1", lines);
        Assert.Contains("envoy_control_plane_connected_state{} 1", lines);
    }

    [Fact]
    public void Each_metric_is_announced_once()
    {
        var types = StatsText.Prometheus(Snapshot(), _ => true).Split('\n').Where(line => line.StartsWith('#')).ToArray();

        Assert.Equal(types.Distinct(), types);
    }

    [Fact]
    public void Filter_goes_by_the_dotted_name() =>
        Assert.Equal(
            "cluster.shop-v1.upstream_rq_200: 1\n",
            StatsText.Plain(Snapshot(), name => name.EndsWith("rq_200", StringComparison.Ordinal)));

    [Fact]
    public void Clusters_that_are_gone_lose_their_counters()
    {
        var stats = new ProxyStats();
        stats.Cluster("a").Started();

        stats.KeepClusters(new HashSet<string> { "b" });

        Assert.Equal(["b"], stats.Clusters.Select(entry => entry.Key));
    }

    private static StatsSnapshot Snapshot()
    {
        var stats = new ProxyStats { Connected = true };
        var cluster = stats.Cluster("shop-v1");
        cluster.Started();
        cluster.Started();
        cluster.Answered(200, TimeSpan.FromMilliseconds(5));
        cluster.Answered(503, elapsed: null);
        var downstream = stats.Downstream("ingress");
        downstream.Received();
        downstream.Statuses.Record(503);
        var endpoints = new EndpointSet([new ProxyEndpoint("a", 1, true, 0), new ProxyEndpoint("b", 1, false, 0)]);
        var spec = new ClusterSpec("default/shop-v1:80", "shop-v1", null, endpoints, TimeSpan.FromSeconds(1), false);
        var config = ProxyConfig.Empty with
        {
            Clusters = ImmutableDictionary<string, ServingCluster>.Empty.Add(spec.Name, new ServingCluster(spec, endpoints)),
        };
        return StatsSnapshot.Take(stats, config);
    }
}
