using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>Makes the autoscaler of a primary after the one of its target, and keeps it so. Thread-safe for different canaries.</summary>
/// <param name="objects">The cluster.</param>
internal sealed class AutoscalerUpkeep(ClusterObjects objects)
{
    /// <summary>The target's autoscaler; null when the canary names none, or there is none.</summary>
    /// <param name="spec">The canary.</param>
    public JsonObject? Of(CanarySpec spec) => spec.Autoscaler is { } scaler
        && objects.Find(ClusterKinds.Autoscalers, new NamespacedName(spec.Key.Namespace, scaler.Name)) is { } found
            ? ObjectJson.Of(found)
            : null;

    /// <summary>Makes the primary's when it is missing; what the target's has become since is taken over with a promotion.</summary>
    /// <param name="view">The target.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="WorkloadException">The autoscaler that the canary names is not there.</exception>
    public Task MakeMissingAsync(TargetView view, CancellationToken cancellationToken) =>
        view.Made.Spec is { Autoscaler: { } scaler } spec
        && objects.Find(ClusterKinds.Autoscalers, new NamespacedName(spec.Key.Namespace, scaler.PrimaryName)) is null
            ? EnsureAsync(view, cancellationToken)
            : Task.CompletedTask;

    /// <summary>Makes the primary's, or changes it to be as the target's is by now.</summary>
    /// <param name="view">The target.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="WorkloadException">The autoscaler that the canary names is not there.</exception>
    public async Task EnsureAsync(TargetView view, CancellationToken cancellationToken)
    {
        if (view.Made.Spec is not { Autoscaler: { } scaler } spec)
        {
            return;
        }

        var target = Of(spec) ?? throw new WorkloadException(
            $"HorizontalPodAutoscaler {scaler.Name}.{spec.Key.Namespace} get query error: there is no such autoscaler");
        var wanted = PrimaryAutoscaler.Make(view.Made, target);
        var name = new NamespacedName(spec.Key.Namespace, scaler.PrimaryName);
        if (objects.Find(ClusterKinds.Autoscalers, name) is not { } live)
        {
            await objects.CreateAsync(ClusterKinds.Autoscalers, name.Namespace, wanted, cancellationToken);
        }
        else if (PrimaryAutoscaler.Differs(ObjectJson.Of(live), wanted))
        {
            wanted.Ensure("metadata")["resourceVersion"] = ObjectJson.Metadata(live, "resourceVersion");
            await objects.ReplaceAsync(ClusterKinds.Autoscalers, name, wanted, cancellationToken);
        }
    }
}
