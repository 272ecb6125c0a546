using XdsCanary.CanaryEngine.Metrics.PromQl;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Metrics;

public sealed class BuiltInQueriesTests
{
    private static readonly NamespacedName Service = new("shop", "front-canary");

    [Fact]
    public void H_26_Success_rate_has_a_numerator_even_when_every_request_failed() => Assert.Equal(
        "100 * (sum(rate(envoy_cluster_upstream_rq{envoy_cluster_name=~\"front-canary|shop_front-canary\","
            + "envoy_response_code!~\"5.*\"}[1m])) or vector(0)) / "
            + "(sum(rate(envoy_cluster_upstream_rq{envoy_cluster_name=~\"front-canary|shop_front-canary\"}[1m])) > 0)",
        new BuiltInQueries(string.Empty).SuccessRate(Service, "1m"));

    [Fact]
    public void H_19_Namespace_label_counts_only_where_the_bare_name_is_ambiguous() => Assert.Equal(
        "histogram_quantile(0.99, sum(rate(envoy_cluster_upstream_rq_time_bucket{envoy_cluster_name=\"front-canary\","
            + "kubernetes_namespace=\"shop\"}[30s]) or rate(envoy_cluster_upstream_rq_time_bucket{"
            + "envoy_cluster_name=\"shop_front-canary\"}[30s])) by (le))",
        new BuiltInQueries("kubernetes_namespace").Duration(Service, "30s", 0.99));

    [Fact]
    public void Samples_are_the_requests_of_the_window() => Assert.Equal(
        "sum(increase(envoy_cluster_upstream_rq{envoy_cluster_name=~\"front-canary|shop_front-canary\"}[20s]))",
        new BuiltInQueries(string.Empty).Samples(Service, "20s"));
}
