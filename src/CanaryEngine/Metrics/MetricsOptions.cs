using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Metrics;

/// <summary>Where metrics come from, unless a canary or a template says otherwise.</summary>
public sealed record MetricsOptions
{
    /// <summary>The Prometheus that is asked when Prometheus is chosen and no address is given.</summary>
    public static Uri DefaultServer { get; } = new("http://prometheus:9090");

    /// <summary>Who answers the built-in checks. Default: the proxies themselves.</summary>
    public MetricProviderType Provider { get; init; } = MetricProviderType.Envoy;

    /// <summary>
    /// The address of the server's Prometheus; null for <see cref="DefaultServer"/> when Prometheus is chosen, else for none:
    /// queries written in canaries then have nobody to answer them.
    /// </summary>
    public Uri? Server { get; init; }

    /// <summary>
    /// The label that tells the namespace of a proxy in Prometheus, for example <c>kubernetes_namespace</c>; empty (the default)
    /// when there is no such label.
    /// </summary>
    public string NamespaceLabel { get; init; } = string.Empty;

    /// <summary>How long Prometheus may take to answer, retries included.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>How often the proxies are read while a canary is analysed.</summary>
    public TimeSpan SampleInterval { get; init; } = TimeSpan.FromSeconds(1);

    /// <summary>How long a proxy may take to answer.</summary>
    public TimeSpan SampleTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The Prometheus in use; null for none.</summary>
    public Uri? EffectiveServer => Server ?? (Provider == MetricProviderType.Prometheus ? DefaultServer : null);
}
