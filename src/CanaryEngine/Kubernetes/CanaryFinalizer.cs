using System.Collections.Concurrent;
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
    /// <summary>The finalizer, the same as Flagger's.</summary>
    public const string Name = "finalizer.flagger.app";

    private static readonly TrafficPlan AllToTarget = new(0, 100);

    // Since when a canary, by its uid, waits for a step: how long its target took to become ready is not to count. Another replica
    // that comes to lead counts anew.
    private readonly ConcurrentDictionary<(string Uid, string Step), DateTimeOffset> _waits = new();

    /// <summary>Adds or removes the finalizer as the canary wants it; one without a primary has nothing to give back.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="isMade">There is a primary.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public Task EnsureAsync(CanarySpec spec, bool isMade, CancellationToken cancellationToken)
    {
        var canary = objects.Find(ClusterKinds.Canaries, spec.Key);
        return canary is null || IsOn(canary) == spec.RevertOnDeletion || (spec.RevertOnDeletion && !isMade)
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
            foreach (var wait in _waits.Keys.Where(wait => wait.Uid == UidOf(canary)))
            {
                _waits.TryRemove(wait, out _);
            }
        }
    }

    /// <summary>
    /// Lets the object of a deleted canary go whose spec is not accepted, nor was before as far as is known here: it cannot be given
    /// back by what it says. One whose primary serves in place of its target stays: with it the primary would go.
    /// </summary>
    /// <param name="key">The canary.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task LetGoAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        if (objects.Find(ClusterKinds.Canaries, key) is { } canary && IsDeleted(canary) && IsOn(canary))
        {
            // Said before, for events are recorded of objects that are there.
            var now = time.GetUtcNow();
            var isNeeded = IsPrimaryNeeded(canary);
            var outcome = isNeeded
                ? "its target is not scaled up, because the spec is not accepted: correct it, or scale the target up"
                : "its target was not scaled up again, because the spec is not accepted";
            var text = $"Terminating canary {key.Name}.{key.Namespace}: {outcome}";
            logger.CanaryLetGo(key, outcome);
            await events.AppendAsync(key, new CanaryEvent(now, now, 1, IsWarning: true, text, CanaryPhase.Terminating));
            if (!isNeeded)
            {
                await SetAsync(canary, isOn: false, cancellationToken);
            }
        }
    }

    // By what the object says as it is: its target runs no pods, and its own primary serves instead.
    private bool IsPrimaryNeeded(SourceObject canary)
    {
        var reference = ObjectJson.Of(canary).At("spec", "targetRef");
        var resource = reference.TextAt("kind") switch
        {
            "Deployment" => ClusterKinds.Deployments,
            "DaemonSet" => ClusterKinds.DaemonSets,
            _ => null,
        };
        var name = canary.Key.Name with { Name = reference.TextAt("name") };
        return resource is not null && objects.Find(resource, name) is { } target && TargetScale.IsStopped(ObjectJson.Of(target))
            && objects.Find(resource, name with { Name = $"{name.Name}-primary" }) is { } primary
            && ObjectJson.Of(primary).ItemsAt("metadata", "ownerReferences")
                .Any(owner => owner.TextAt("uid") == ObjectJson.Metadata(canary, "uid"));
    }

    // What was made for the canary goes with it, in any order: by then no proxy may need any of it. First the target takes the
    // requests as the canary, then the service that clients call leads to it by itself, then the split leads to that service.
    private async Task LeadBackAsync(
        CanarySpec spec, SourceObject canary, IClusterTargets targets, CancellationToken cancellationToken)
    {
        if (!router.IsReleased(spec))
        {
            if (router.Read(spec) != AllToTarget)
            {
                await router.WriteAsync(spec, AllToTarget, cancellationToken);
            }

            await WaitForProxiesAsync(spec, canary, "proxies do not route to the target yet", cancellationToken);
            if (IsMade(spec))
            {
                // A split that stays must not name what goes.
                await (router.StoodBefore(spec) ? router.ReleaseAsync(spec, cancellationToken) : Task.CompletedTask);
                return;
            }

            await targets.HandBackApexAsync(spec, cancellationToken);
            if (!ServiceEndpoints.AreSame(objects.SlicesOf(spec.Apex), objects.SlicesOf(spec.Canary)))
            {
                Wait(spec, canary, $"Service {spec.Apex.Name} does not lead to the target yet");
            }

            await router.ReleaseAsync(spec, cancellationToken);
        }

        await WaitForProxiesAsync(spec, canary, $"proxies do not route to Service {spec.Apex.Name} itself yet", cancellationToken);
    }

    // A service that was made for the canary goes with it: no clients are left to lead anywhere.
    private bool IsMade(CanarySpec spec) => objects.Find(ClusterKinds.Services, spec.Apex) is not { } apex
        || Ownership.Of(ObjectJson.Of(apex), spec.Key.Name) == OwnerKind.ThisCanary;

    private async Task WaitForProxiesAsync(CanarySpec spec, SourceObject canary, string step, CancellationToken cancellationToken)
    {
        var seen = await proxies.DescribeFleetAsync(spec.Apex, spec.Analysis.Convergence.Timeout, cancellationToken);
        // Those that are not connected still route as they were told before.
        var isMissing = seen.Proxies < ObjectJson.Part(canary, "status").NumberAt("proxies");
        if (!router.IsPublished(spec) || isMissing || seen.Converged != seen.Proxies)
        {
            Wait(spec, canary, step);
        }
        else
        {
            _waits.TryRemove((UidOf(canary), step), out _);
        }
    }

    private void Wait(CanarySpec spec, SourceObject canary, string step)
    {
        var now = time.GetUtcNow();
        if (now < _waits.GetOrAdd((UidOf(canary), step), now) + spec.Analysis.Convergence.Timeout)
        {
            throw new WorkloadException($"canary not ready during finalizing: {step}");
        }
    }

    private static string UidOf(SourceObject canary) => ObjectJson.Metadata(canary, "uid");

    private static bool IsDeleted(SourceObject canary) => ObjectJson.Metadata(canary, "deletionTimestamp").Length > 0;

    private static bool IsOn(SourceObject canary) => Finalizers(canary).Contains(Name);

    private static IEnumerable<string> Finalizers(SourceObject canary) =>
        (ObjectJson.Part(canary, "metadata").At("finalizers") as JsonArray)?.Select(item => Fields.Text(item) ?? string.Empty) ?? [];

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
