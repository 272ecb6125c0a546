using System.Globalization;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Metrics.PromQl;

/// <summary>
/// Writes the built-in checks as PromQL over Envoy's own series. A service is looked for under both names that it has in
/// statistics: its bare name at the proxies of its own namespace, and <c>namespace_name</c> at the others. Pure.
/// </summary>
/// <param name="namespaceLabel">The label that tells a proxy's namespace; empty when there is none.</param>
internal sealed class BuiltInQueries(string namespaceLabel)
{
    private const string Requests = "envoy_cluster_upstream_rq";
    private const string Buckets = "envoy_cluster_upstream_rq_time_bucket";
    private const string NotFailed = "envoy_response_code!~\"5.*\"";

    /// <summary>
    /// The share of requests that did not end in 5xx, in percent. When all did, there is no series to add up, but the answer
    /// is 0 (H-26); without any request there is none.
    /// </summary>
    /// <param name="service">The service.</param>
    /// <param name="window">The window.</param>
    public string SuccessRate(NamespacedName service, string window) =>
        $"100 * ({Sum("rate", Requests, service, window, NotFailed)} or vector(0)) / ({Sum("rate", Requests, service, window)} > 0)";

    /// <summary>A quantile of the duration, in milliseconds.</summary>
    /// <param name="service">The service.</param>
    /// <param name="window">The window.</param>
    /// <param name="quantile">Which, for example 0.99.</param>
    public string Duration(NamespacedName service, string window, double quantile) => string.Create(
        CultureInfo.InvariantCulture,
        $"histogram_quantile({quantile}, {Sum("rate", Buckets, service, window)} by (le))");

    /// <summary>The number of requests.</summary>
    /// <param name="service">The service.</param>
    /// <param name="window">The window.</param>
    public string Samples(NamespacedName service, string window) => Sum("increase", Requests, service, window);

    private string Sum(string function, string series, NamespacedName service, string window, string filter = "")
    {
        var more = filter.Length > 0 ? $",{filter}" : string.Empty;
        var foreign = $"{service.Namespace}_{service.Name}";
        return namespaceLabel.Length == 0
            ? $"sum({function}({series}{{envoy_cluster_name=~\"{service.Name}|{foreign}\"{more}}}[{window}]))"
            : $"sum({function}({series}{{envoy_cluster_name=\"{service.Name}\",{namespaceLabel}=\"{service.Namespace}\"{more}}}[{window}])"
                + $" or {function}({series}{{envoy_cluster_name=\"{foreign}\"{more}}}[{window}]))";
    }
}
