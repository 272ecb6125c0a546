using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Core;

/// <summary>What is released step by step.</summary>
public enum TargetKind
{
    /// <summary>A Service with its endpoints; the kind of standalone mode.</summary>
    Service,

    /// <summary>A Deployment.</summary>
    Deployment,

    /// <summary>A DaemonSet.</summary>
    DaemonSet,
}

/// <summary>The target of a canary, <c>spec.targetRef</c>.</summary>
/// <param name="Kind">Its kind.</param>
/// <param name="Name">Its name, in the canary's namespace.</param>
public sealed record CanaryTarget(TargetKind Kind, string Name);

/// <summary>A Canary object (flagger.app/v1beta1, spec), validated: every value is in range and defaults are filled in. Immutable.</summary>
public sealed record CanarySpec
{
    /// <summary>The object's namespace and name.</summary>
    public required NamespacedName Key { get; init; }

    /// <summary><c>metadata.uid</c>: tells an object from one of the same name that was there before; empty in manifests.</summary>
    public string Uid { get; init; } = string.Empty;

    /// <summary><c>metadata.generation</c>, or a number that the source makes up; 0 when unknown.</summary>
    public long Generation { get; init; }

    /// <summary><c>spec.targetRef</c>.</summary>
    public required CanaryTarget Target { get; init; }

    /// <summary><c>spec.provider</c> as written; empty when not given. Traffic always goes by Envoy, whatever it says.</summary>
    public string Provider { get; init; } = string.Empty;

    /// <summary><c>spec.metricsServer</c>: this canary's own Prometheus; null for the server's.</summary>
    public Uri? MetricsServer { get; init; }

    /// <summary><c>spec.service</c>.</summary>
    public required CanaryService Service { get; init; }

    /// <summary><c>spec.analysis</c>, or its older spelling <c>spec.canaryAnalysis</c>.</summary>
    public required AnalysisSpec Analysis { get; init; }

    /// <summary><c>spec.progressDeadlineSeconds</c>: how long a phase may wait for readiness. Default 600 s.</summary>
    public TimeSpan ProgressDeadline { get; init; } = TimeSpan.FromSeconds(600);

    /// <summary><c>spec.skipAnalysis</c>: promote a new revision as soon as it is ready.</summary>
    public bool SkipAnalysis { get; init; }

    /// <summary><c>spec.suspend</c>: do nothing.</summary>
    public bool Suspend { get; init; }

    /// <summary><c>spec.revertOnDeletion</c>: hand the traffic back to the target when the canary is deleted.</summary>
    public bool RevertOnDeletion { get; init; }

    /// <summary><c>spec.autoscalerRef</c>: the target's autoscaler; null when there is none.</summary>
    public AutoscalerSpec? Autoscaler { get; init; }

    /// <summary>The service that clients call, A.</summary>
    public NamespacedName Apex => new(Key.Namespace, Service.Name);

    /// <summary>The service of the promoted revision, <c>A-primary</c>.</summary>
    public NamespacedName Primary => new(Key.Namespace, $"{Service.Name}-primary");

    /// <summary>The service of the revision under analysis, <c>A-canary</c>.</summary>
    public NamespacedName Canary => new(Key.Namespace, $"{Service.Name}-canary");
}

/// <summary>The HorizontalPodAutoscaler of the target, <c>spec.autoscalerRef</c>; the primary gets one like it.</summary>
/// <param name="Name">Its name, in the canary's namespace.</param>
/// <param name="MinReplicas"><c>primaryScalerReplicas.minReplicas</c>: what the primary's has instead; null for the same.</param>
/// <param name="MaxReplicas"><c>primaryScalerReplicas.maxReplicas</c>: what the primary's has instead; null for the same.</param>
public sealed record AutoscalerSpec(string Name, int? MinReplicas = null, int? MaxReplicas = null)
{
    /// <summary>The name of the primary's.</summary>
    public string PrimaryName => $"{Name}-primary";
}
