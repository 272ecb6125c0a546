using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>The targets of each kind. Thread-safe.</summary>
/// <param name="workloads">Deployments and DaemonSets.</param>
/// <param name="services">Services.</param>
internal sealed class ClusterTargets(WorkloadWorld workloads, ServiceWorld services)
{
    /// <summary>The targets of a canary's kind.</summary>
    /// <param name="spec">The canary.</param>
    public IClusterTargets Of(CanarySpec spec) => spec.Target.Kind == TargetKind.Service ? services : workloads;
}
