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

    /// <summary>The service that clients call, A.</summary>
    public NamespacedName Apex => new(Key.Namespace, Service.Name);

    /// <summary>The service of the promoted revision, <c>A-primary</c>.</summary>
    public NamespacedName Primary => new(Key.Namespace, $"{Service.Name}-primary");

    /// <summary>The service of the revision under analysis, <c>A-canary</c>.</summary>
    public NamespacedName Canary => new(Key.Namespace, $"{Service.Name}-canary");
}

/// <summary>The services made for a canary, <c>spec.service</c>.</summary>
public sealed record CanaryService
{
    /// <summary>The apex service's name, A; the target's name when not given.</summary>
    public required string Name { get; init; }

    /// <summary><c>hosts</c>; the first is the TrafficSplit's <c>spec.service</c>.</summary>
    public EquatableArray<string> Hosts { get; init; }

    /// <summary><c>port</c>, 1 to 65535; 0 when not given, which a Service target allows: its own ports count.</summary>
    public int Port { get; init; }

    /// <summary><c>portName</c>.</summary>
    public string PortName { get; init; } = "http";

    /// <summary><c>targetPort</c> as written, a number or a name; empty for the same as <see cref="Port"/>.</summary>
    public string TargetPort { get; init; } = string.Empty;

    /// <summary><c>appProtocol</c>; empty when not given.</summary>
    public string AppProtocol { get; init; } = string.Empty;
}
