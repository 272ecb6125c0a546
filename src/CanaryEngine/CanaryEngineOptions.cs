using XdsCanary.CanaryEngine.Alerting;
using XdsCanary.CanaryEngine.Kubernetes;
using XdsCanary.CanaryEngine.Metrics;
using XdsCanary.CanaryEngine.Webhooks;

namespace XdsCanary.CanaryEngine;

/// <summary>The engine's settings.</summary>
public sealed record CanaryEngineOptions
{
    /// <summary>The service key of the source of manifests, without the engine's own objects.</summary>
    public const string ManifestsKey = "manifests";

    /// <summary>Where states are kept in standalone mode.</summary>
    public required string StateDirectory { get; init; }

    /// <summary>How targets in a cluster are treated.</summary>
    public ClusterOptions Cluster { get; init; } = new();

    /// <summary>The version of the program, for the metrics.</summary>
    public string Version { get; init; } = string.Empty;

    /// <summary>Where metrics come from.</summary>
    public MetricsOptions Metrics { get; init; } = new();

    /// <summary>Where alerts go that no canary sends elsewhere.</summary>
    public AlertOptions Alerts { get; init; } = new();

    /// <summary>Where events go that no canary sends elsewhere.</summary>
    public EventWebhookOptions Events { get; init; } = new();
}
