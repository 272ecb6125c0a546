using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>Starts and stops the target (`spec/flagger.md` 2.9), and gives it back (2.11). Pure.</summary>
/// <remarks>
/// A DaemonSet is patched by merging, not applied: its node selector is one value to server-side apply, so that applying a key
/// would take the user's keys away, or write back ones that have changed since.
/// </remarks>
internal static class TargetScale
{
    /// <summary>Stops the target.</summary>
    /// <param name="target">The target.</param>
    /// <returns>What to send; null when it is stopped.</returns>
    public static ObjectPatch? Stop(JsonObject target) => IsStopped(target) ? null
        : IsDaemonSet(target) ? Selector("true")
        : Replicas(target, 0);

    /// <summary>Starts the target as the canary.</summary>
    /// <param name="target">The target.</param>
    /// <param name="primary">The primary; null when there is none.</param>
    /// <param name="autoscaler">The target's autoscaler; null when it has none.</param>
    /// <returns>What to send; null when it runs.</returns>
    public static ObjectPatch? Start(JsonObject target, JsonObject? primary, JsonObject? autoscaler) => !IsStopped(target) ? null
        : IsDaemonSet(target) ? Selector(null)
        : Replicas(target, FromZero(target, primary, autoscaler));

    /// <summary>Gives the target back what the primary has, when the canary is deleted.</summary>
    /// <param name="target">The target.</param>
    /// <param name="primary">The primary; null when there is none.</param>
    /// <param name="autoscaler">The target's autoscaler; null when it has none.</param>
    /// <returns>What to send; null when there is nothing to do.</returns>
    public static ObjectPatch? HandBack(JsonObject target, JsonObject? primary, JsonObject? autoscaler)
    {
        if (IsDaemonSet(target))
        {
            return Start(target, primary, autoscaler);
        }

        var wanted = primary.NumberAt("spec", "replicas") is > 0 and var replicas
            ? replicas
            : FromZero(target, null, autoscaler);
        return wanted == ReplicasOf(target) ? null : Replicas(target, wanted);
    }

    /// <summary>How many replicas a canary starts with: never none.</summary>
    /// <param name="target">The target; replicas that it has stay.</param>
    /// <param name="primary">The primary, whose number counts where no autoscaler finds one.</param>
    /// <param name="autoscaler">The target's autoscaler; it begins at its minimum.</param>
    public static long FromZero(JsonObject target, JsonObject? primary, JsonObject? autoscaler)
    {
        if (ReplicasOf(target) is > 0 and var own)
        {
            return own;
        }

        var known = autoscaler is null ? primary.NumberAt("spec", "replicas") : autoscaler.NumberAt("spec", "minReplicas");
        return known is > 0 ? known.Value : 1;
    }

    /// <summary>True for a workload that runs no pods by our doing, or by its replicas.</summary>
    /// <param name="workload">A Deployment or DaemonSet.</param>
    public static bool IsStopped(JsonObject workload) => IsDaemonSet(workload)
        ? workload.At("spec", "template", "spec", "nodeSelector", MetadataKeys.ScaleToZero) is not null
        : ReplicasOf(workload) == 0;

    private static bool IsDaemonSet(JsonObject workload) => workload.TextAt("kind") == nameof(TargetKind.DaemonSet);

    private static long ReplicasOf(JsonObject workload) => workload.NumberAt("spec", "replicas") ?? 1;

    private static ObjectPatch Replicas(JsonObject target, long replicas) => new(PatchKind.Apply, new JsonObject
    {
        ["apiVersion"] = "apps/v1",
        ["kind"] = nameof(TargetKind.Deployment),
        ["metadata"] = new JsonObject
        {
            ["name"] = target.TextAt("metadata", "name"),
            ["namespace"] = target.TextAt("metadata", "namespace"),
        },
        ["spec"] = new JsonObject { ["replicas"] = replicas },
    });

    private static ObjectPatch Selector(string? value) => new(PatchKind.Merge, new JsonObject
    {
        ["spec"] = new JsonObject
        {
            ["template"] = new JsonObject
            {
                ["spec"] = new JsonObject { ["nodeSelector"] = new JsonObject { [MetadataKeys.ScaleToZero] = value } },
            },
        },
    });
}
