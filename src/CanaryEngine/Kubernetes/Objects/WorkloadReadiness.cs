using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>
/// How ready a workload is, by what its controller says of it (`spec/flagger.md` 4.6). How long it may take is measured by the
/// engine itself, from when it began to wait (H-07); here only what the Deployment has given up is broken. Pure.
/// </summary>
internal static class WorkloadReadiness
{
    private const string Waiting = "waiting for rollout to finish: ";
    private const string Status = "status";

    /// <summary>A Deployment.</summary>
    /// <param name="workload">The Deployment; null when there is none.</param>
    /// <param name="threshold">Percent of its updated replicas that must be available, rounded down.</param>
    public static WorkloadFact OfDeployment(JsonObject? workload, int threshold)
    {
        if (workload is null)
        {
            return Missing;
        }

        if (IsBehind(workload))
        {
            return Wait(workload, "observed deployment generation less than desired generation");
        }

        var wanted = workload.NumberAt("spec", "replicas") ?? 1;
        if (wanted == 0)
        {
            return Wait(workload, "it is scaled to zero");
        }

        if (HasGivenUp(workload))
        {
            var text = $"deployment \"{workload.TextAt("metadata", "name")}\" exceeded its progress deadline";
            return new WorkloadFact(true, Readiness.Broken, text, PrimaryWorkload.RevisionOf(workload));
        }

        var updated = Count(workload, "updatedReplicas");
        var all = Count(workload, "replicas");
        var available = Count(workload, "availableReplicas");
        return updated < wanted ? Wait(workload, $"{updated} out of {wanted} new replicas have been updated")
            : all > updated ? Wait(workload, $"{all - updated} old replicas are pending termination")
            : available < updated * threshold / 100
                ? Wait(workload, $"{available} of {updated} (readyThreshold {threshold}%) updated replicas are available")
            : Ready(workload);
    }

    /// <summary>A DaemonSet.</summary>
    /// <param name="workload">The DaemonSet; null when there is none.</param>
    /// <param name="threshold">Percent of its pods that must be available, rounded down.</param>
    public static WorkloadFact OfDaemonSet(JsonObject? workload, int threshold)
    {
        if (workload is null)
        {
            return Missing;
        }

        if (IsBehind(workload))
        {
            return Wait(workload, "observed daemonset generation less than desired generation");
        }

        if (TargetScale.IsStopped(workload))
        {
            return Wait(workload, "it is scaled to zero");
        }

        var wanted = Count(workload, "desiredNumberScheduled");
        var updated = Count(workload, "updatedNumberScheduled");
        var available = Count(workload, "numberAvailable");
        return updated < wanted ? Wait(workload, $"{updated} out of {wanted} new pods have been updated")
            : available < wanted * threshold / 100
                ? Wait(workload, $"{available} of {wanted} (readyThreshold {threshold}%) updated pods are available")
            : Ready(workload);
    }

    private static WorkloadFact Missing => new(false, Readiness.Waiting, "waiting for it to be made");

    private static WorkloadFact Ready(JsonObject workload) =>
        new(true, Readiness.Ready, Revision: PrimaryWorkload.RevisionOf(workload));

    private static WorkloadFact Wait(JsonObject workload, string text) =>
        new(true, Readiness.Waiting, Waiting + text, PrimaryWorkload.RevisionOf(workload));

    private static long Count(JsonObject workload, string field) => workload.NumberAt(Status, field) ?? 0;

    private static bool IsBehind(JsonObject workload) =>
        (workload.NumberAt("metadata", "generation") ?? 0) > Count(workload, "observedGeneration");

    private static bool HasGivenUp(JsonObject workload) => workload.ItemsAt(Status, "conditions").Any(condition =>
        condition.TextAt("type") == "Progressing" && condition.TextAt("reason") == "ProgressDeadlineExceeded");
}
