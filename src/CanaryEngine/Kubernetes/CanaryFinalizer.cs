using System.Globalization;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Keeps the object of a canary with <c>revertOnDeletion</c> until its target has the traffic back (`spec/flagger.md` 2.11).
/// Thread-safe for different canaries.
/// </summary>
/// <param name="objects">The cluster.</param>
/// <param name="router">The traffic.</param>
/// <param name="proxies">The proxies.</param>
/// <param name="events">Where it is said that a target got nothing back.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class CanaryFinalizer(
    ClusterObjects objects,
    SplitRouter router,
    IConvergenceProbe proxies,
    ICanaryEventLog events,
    TimeProvider time,
    ILogger<CanaryFinalizer> logger)
{
    private static readonly TrafficPlan AllToTarget = new(0, 100);

    /// <summary>The finalizer, the same as Flagger's.</summary>
    public const string Name = "finalizer.flagger.app";

    /// <summary>Adds or removes the finalizer as the canary wants it.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task EnsureAsync(CanarySpec spec, CancellationToken cancellationToken)
    {
        var canary = objects.Find(ClusterKinds.Canaries, spec.Key);
        return canary is null || IsOn(canary) == spec.RevertOnDeletion
            ? Task.CompletedTask
            : SetAsync(canary, spec.RevertOnDeletion, cancellationToken);
    }

    /// <summary>Gives the traffic back and lets the object go. Nothing is left to do for one that is gone, or that wants nothing back.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="targets">Its target.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task HandBackAsync(CanarySpec spec, IClusterTargets targets, CancellationToken cancellationToken)
    {
        if (objects.Find(ClusterKinds.Canaries, spec.Key) is { } canary && IsOn(canary))
        {
            // A target that is gone needs no traffic.
            if (objects.Find(TargetViews.ResourceOf(spec), TargetViews.NameOf(spec)) is not null)
            {
                await targets.HandBackAsync(spec, cancellationToken);
                await LeadBackAsync(spec, canary, targets, cancellationToken);
            }

            await SetAsync(canary, isOn: false, cancellationToken);
        }
    }

    /// <summary>
    /// Lets the object of a deleted canary go whose spec is not accepted, nor was before as far as is known here: what to give back to
    /// which target nobody can tell. Who deletes it learns that, and is not kept waiting for ever.
    /// </summary>
    /// <param name="key">The canary.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task LetGoAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (objects.Find(ClusterKinds.Canaries, key) is { } canary && DeletedAt(canary) is not null && IsOn(canary))
        {
            // Said before, for events are recorded of objects that are there.
            var now = time.GetUtcNow();
            var text = $"Terminating canary {key.Name}.{key.Namespace}: its target was not scaled up again, because the spec is not accepted";
            logger.CanaryLetGo(key);
            await events.AppendAsync(key, new CanaryEvent(now, now, 1, IsWarning: true, text, CanaryPhase.Terminating));
            await SetAsync(canary, isOn: false, cancellationToken);
        }
    }

    // What was made for the canary goes with it, in any order: by then no proxy may need any of it. First the target takes the
    // requests as the canary, then the service that clients call leads to it by itself, then the split leads to that service.
    private async Task LeadBackAsync(
        CanarySpec spec, SourceObject canary, IClusterTargets targets, CancellationToken cancellationToken)
    {
        var limit = (DeletedAt(canary) ?? time.GetUtcNow()) + spec.Analysis.Convergence.Timeout;
        if (!router.IsReleased(spec))
        {
            if (router.Read(spec) != AllToTarget)
            {
                await router.WriteAsync(spec, AllToTarget, cancellationToken);
            }

            await WaitForProxiesAsync(spec, limit, cancellationToken);
            if (IsMade(spec))
            {
                return;
            }

            await targets.HandBackApexAsync(spec, cancellationToken);
            if (!ServiceEndpoints.AreSame(objects.SlicesOf(spec.Apex), objects.SlicesOf(spec.Canary)))
            {
                Wait(limit, $"Service {spec.Apex.Name} does not lead to the target yet");
            }

            await router.ReleaseAsync(spec, cancellationToken);
        }

        await WaitForProxiesAsync(spec, limit, cancellationToken);
    }

    // A service that was made for the canary goes with it: no clients are left to lead anywhere.
    private bool IsMade(CanarySpec spec) => objects.Find(ClusterKinds.Services, spec.Apex) is not { } apex
        || ServiceOwnership.Of(ObjectJson.Of(apex), spec.Key.Name) == ServiceOwner.ThisCanary;

    private async Task WaitForProxiesAsync(CanarySpec spec, DateTimeOffset limit, CancellationToken cancellationToken)
    {
        var seen = await proxies.DescribeFleetAsync(spec.Apex, spec.Analysis.Convergence.Timeout, cancellationToken);
        if (!router.IsPublished(spec) || seen.Converged != seen.Proxies)
        {
            Wait(limit, "proxies do not route to the target yet");
        }
    }

    private void Wait(DateTimeOffset limit, string what)
    {
        if (time.GetUtcNow() < limit)
        {
            throw new WorkloadException($"canary not ready during finalizing: {what}");
        }
    }

    private static DateTimeOffset? DeletedAt(SourceObject canary) => DateTimeOffset.TryParse(
        ObjectJson.Metadata(canary, "deletionTimestamp"), CultureInfo.InvariantCulture, out var at) ? at : null;

    private static bool IsOn(SourceObject canary) => Finalizers(canary).Contains(Name);

    private static IEnumerable<string> Finalizers(SourceObject canary) =>
        (ObjectJson.Of(canary).At("metadata", "finalizers") as JsonArray)?.Select(item => Fields.Text(item) ?? string.Empty) ?? [];

    private Task<SourceObject> SetAsync(SourceObject canary, bool isOn, CancellationToken cancellationToken)
    {
        var finalizers = Finalizers(canary).Where(name => name != Name).Concat(isOn ? [Name] : []);
        var body = new JsonObject
        {
            ["metadata"] = new JsonObject
            {
                ["finalizers"] = new JsonArray([.. finalizers.Select(name => (JsonNode)name)]),
                // The list is written as a whole: only over the one that was read.
                ["resourceVersion"] = ObjectJson.Metadata(canary, "resourceVersion"),
            },
        };
        return objects.MergeAsync(ClusterKinds.Canaries, canary.Key.Name, body, cancellationToken);
    }
}
