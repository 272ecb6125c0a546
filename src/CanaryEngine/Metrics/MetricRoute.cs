using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Metrics.PromQl;

namespace XdsCanary.CanaryEngine.Metrics;

/// <summary>Who answers a metric, and what the query is. Immutable.</summary>
/// <param name="Server">The Prometheus; null for the proxies.</param>
/// <param name="Query">The query as written; empty for a built-in check.</param>
/// <param name="Problem">Why nobody can be asked; empty when somebody can.</param>
internal sealed record MetricRoute(PrometheusEndpoint? Server, string Query = "", string Problem = "")
{
    /// <summary>Comes before what is wrong with the query.</summary>
    public string Prefix { get; init; } = string.Empty;

    /// <summary>Who answers.</summary>
    public MetricProviderType Provider => Server is null ? MetricProviderType.Envoy : MetricProviderType.Prometheus;

    /// <summary>Nobody can be asked.</summary>
    /// <param name="problem">Why.</param>
    public static MetricRoute None(string problem) => new(null, string.Empty, problem);
}
