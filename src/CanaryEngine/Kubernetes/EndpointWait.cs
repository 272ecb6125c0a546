using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Keeps traffic from pods that are ready but no endpoints yet. Only before they get it: of those that have it, a Service without
/// endpoints is for the checks to judge.
/// </summary>
internal static class EndpointWait
{
    /// <summary>What is to be said of the primary.</summary>
    /// <param name="objects">The cluster.</param>
    /// <param name="status">The canary's status.</param>
    /// <param name="service">The primary's Service.</param>
    /// <param name="workload">The primary.</param>
    /// <param name="fact">What its own status says.</param>
    public static WorkloadFact OfPrimary(
        ClusterObjects objects, CanaryStatus status, NamespacedName service, JsonObject? workload, WorkloadFact fact) =>
        status.KeepsCanary || status.Phase is CanaryPhase.None or CanaryPhase.Initializing or CanaryPhase.Promoting
            ? Of(objects, service, workload, fact)
            : fact;

    /// <summary>What is to be said of the target.</summary>
    /// <param name="objects">The cluster.</param>
    /// <param name="status">The canary's status.</param>
    /// <param name="service">The canary's Service.</param>
    /// <param name="workload">The target.</param>
    /// <param name="fact">What its own status says.</param>
    public static WorkloadFact OfTarget(
        ClusterObjects objects, CanaryStatus status, NamespacedName service, JsonObject? workload, WorkloadFact fact) =>
        status is { Phase: CanaryPhase.Progressing, CanaryWeight: 0 } ? Of(objects, service, workload, fact) : fact;

    /// <summary>What is to be said of a workload that gets traffic next.</summary>
    /// <param name="objects">The cluster.</param>
    /// <param name="service">Its Service.</param>
    /// <param name="workload">The workload.</param>
    /// <param name="fact">What its own status says.</param>
    public static WorkloadFact Of(ClusterObjects objects, NamespacedName service, JsonObject? workload, WorkloadFact fact) =>
        fact.Readiness == Readiness.Ready && workload is not null
        && objects.Find(ClusterKinds.Services, service) is not null
        && ServiceEndpoints.AreAwaited(workload, objects.SlicesOf(service))
            ? fact with { Readiness = Readiness.Waiting, Text = $"waiting for Service {service.Name} to have endpoints" }
            : fact;
}
