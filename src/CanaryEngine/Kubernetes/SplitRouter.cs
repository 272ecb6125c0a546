using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Directs traffic by TrafficSplit objects. Taking traffic off a canary reaches the proxies of this replica before the API server is
/// asked to record it, and whether or not it answers; giving a canary more needs the API server first, so that nothing advances that
/// other replicas cannot see. Thread-safe for different canaries.
/// </summary>
/// <param name="objects">The cluster.</param>
/// <param name="layer">Lays objects over those of the cluster, where the traffic half reads them.</param>
/// <param name="workloads">Knows whose the objects are.</param>
/// <param name="published">How far objects have come.</param>
/// <param name="peers">Other replicas.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class SplitRouter(
    ClusterObjects objects,
    LayeredObjectSource layer,
    ClusterTargets workloads,
    IPublishedObjects published,
    IPeerRoutes peers,
    TimeProvider time,
    ILogger<SplitRouter> logger) : ITrafficRouter
{
    // An API server that is well has answered by then; other replicas' Envoys do not wait for one that is not.
    private static readonly TimeSpan Patience = TimeSpan.FromMilliseconds(500);

    private readonly ConcurrentDictionary<NamespacedName, (CanarySpec Spec, TrafficPlan Plan, JsonObject Split)> _ahead = new();
    private readonly ConcurrentDictionary<NamespacedName, long> _revisions = new();
    private long _begun;

    /// <inheritdoc/>
    public ValueTask<TrafficPlan?> ReadAsync(CanarySpec spec, CancellationToken cancellationToken) => ValueTask.FromResult(Read(spec));

    /// <summary>Reads where the traffic goes.</summary>
    /// <param name="spec">The canary.</param>
    /// <returns>The plan; null when there is none.</returns>
    public TrafficPlan? Read(CanarySpec spec) =>
        _ahead.TryGetValue(spec.Key, out var ahead) ? ahead.Plan
        : objects.FindSplit(spec.Apex) is { } split ? SplitObject.Read(ObjectJson.Of(split), spec)
        : null;

    /// <inheritdoc/>
    public async ValueTask WriteAsync(CanarySpec spec, TrafficPlan? plan, CancellationToken cancellationToken)
    {
        if (plan is null)
        {
            // A split that was made for the canary goes with it, by its owner reference; until then it says where the traffic goes.
            return;
        }

        var isSafer = Read(spec) is { } now && plan.Canary <= now.Canary && plan.MirrorPercent <= now.MirrorPercent;
        if (isSafer)
        {
            Lay(spec, plan);
        }

        try
        {
            var recorded = KeepAsync(spec, plan, isSafer, cancellationToken);
            if (isSafer && await Task.WhenAny(recorded, Task.Delay(Patience, time, cancellationToken)) != recorded)
            {
                await TellPeersAsync(cancellationToken);
            }

            await recorded;
        }
        catch (KubeException exception) when (isSafer && exception.Fault is KubeFault.Unavailable or KubeFault.Conflict)
        {
            logger.WritePending(spec.Key, $"weight {plan.Canary}", exception.Message);
            await TellPeersAsync(cancellationToken);
        }
        catch (KubeException exception)
        {
            throw new WorkloadException($"TrafficSplit {spec.Apex.Name}.{spec.Apex.Namespace} update error: {exception.Message}", exception);
        }
    }

    /// <summary>Lets the service that clients call lead by itself: the split names no other service any more.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task ReleaseAsync(CanarySpec spec, CancellationToken cancellationToken)
    {
        if (objects.Mesh.Served(ClusterKinds.SplitGroup, ClusterKinds.Split) is { } resource)
        {
            var body = Claimed(SplitObject.MakeReleased(spec, objects.OwnerOf(spec.Key), resource.Version), spec);
            await objects.ApplyAsync(resource, spec.Apex, body, cancellationToken);
            _ahead.TryRemove(spec.Key, out _);
            _revisions[spec.Key] = layer.Change([KeyOf(spec)], []);
        }
    }

    /// <summary>True when no split leads the requests elsewhere than to the service that clients call.</summary>
    /// <param name="spec">The canary.</param>
    public bool IsReleased(CanarySpec spec) =>
        objects.FindSplit(spec.Apex) is not { } split || SplitObject.IsReleased(ObjectJson.Of(split), spec);

    /// <summary>True when there is a split that was not made for the canary, and does not go with it.</summary>
    /// <param name="spec">The canary.</param>
    public bool StoodBefore(CanarySpec spec) =>
        objects.FindSplit(spec.Apex) is { } split && Ownership.Of(ObjectJson.Of(split), spec.Key.Name) == OwnerKind.Somebody;

    /// <inheritdoc/>
    public bool IsPublished(CanarySpec spec) =>
        published.Revision >= Math.Max(Volatile.Read(ref _begun), _revisions.GetValueOrDefault(spec.Key));

    /// <summary>Records what was directed before the API server could be told.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        foreach (var (key, (spec, plan, _)) in _ahead)
        {
            if (objects.Find(ClusterKinds.Canaries, key) is null)
            {
                // Nothing is left to record it for, and no other replica is to be told of it any more.
                Forget(key);
                continue;
            }

            try
            {
                await RecordAsync(spec, plan, cancellationToken);
                logger.WriteCaughtUp(key, $"weight {plan.Canary}");
            }
            catch (Exception exception) when (exception is KubeException or WorkloadException)
            {
                // Said when it began; it is tried again.
            }
        }
    }

    /// <summary>Tells other replicas what is not recorded yet; again and again, so that those that came meanwhile learn it, too.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public Task TellPeersAsync(CancellationToken cancellationToken)
    {
        JsonObject[] ahead = [.. _ahead.Values.Select(entry => entry.Split)];
        return ahead.Length == 0 ? Task.CompletedTask : peers.TellAsync(ahead, cancellationToken);
    }

    /// <summary>Begins a term: what the last leader directed has been read, and counts as published once it is.</summary>
    public void Begin() => Volatile.Write(ref _begun, layer.Change([], []));

    /// <summary>Takes back what was never recorded: another replica leads now, and knows better.</summary>
    public void Clear()
    {
        foreach (var (key, (spec, _, _)) in _ahead)
        {
            _ahead.TryRemove(key, out _);
            layer.Change([KeyOf(spec)], []);
        }

        _revisions.Clear();
    }

    /// <inheritdoc/>
    public void Forget(NamespacedName key)
    {
        _revisions.TryRemove(key, out _);
        if (_ahead.TryRemove(key, out var ahead))
        {
            layer.Change([KeyOf(ahead.Spec)], []);
        }
    }

    private static ObjectKey KeyOf(CanarySpec spec) => new(ClusterKinds.SplitGroup, ClusterKinds.Split, spec.Apex);

    private void Lay(CanarySpec spec, TrafficPlan plan)
    {
        if (objects.Mesh.Served(ClusterKinds.SplitGroup, ClusterKinds.Split) is { } resource)
        {
            var split = SplitObject.Make(spec, objects.OwnerOf(spec.Key), plan, resource.Version);
            _ahead[spec.Key] = (spec, plan, split);
            _revisions[spec.Key] = layer.Change([], [ApiObjects.Read(split, resource)]);
        }
    }

    private JsonObject Claimed(JsonObject split, CanarySpec spec)
    {
        if (StoodBefore(spec))
        {
            split.ObjectAt("metadata")!.Remove("ownerReferences");
        }

        return split;
    }

    private async Task KeepAsync(CanarySpec spec, TrafficPlan plan, bool isSafer, CancellationToken cancellationToken)
    {
        var targets = workloads.Of(spec);
        if (!isSafer)
        {
            await targets.EnsureApexAsync(spec, cancellationToken);
            await RecordAsync(spec, plan, cancellationToken);
            return;
        }

        await RecordAsync(spec, plan, cancellationToken);
        try
        {
            await targets.EnsureApexAsync(spec, cancellationToken);
        }
        catch (WorkloadException exception) when (targets.Observe(spec).Target.Revision is null)
        {
            // A target that cannot be read may be the very reason why traffic is taken off the canary (H-08).
            logger.UpkeepFailed(spec.Key, exception.Message);
        }
    }

    private async Task RecordAsync(CanarySpec spec, TrafficPlan plan, CancellationToken cancellationToken)
    {
        var resource = objects.Mesh.Served(ClusterKinds.SplitGroup, ClusterKinds.Split) ?? throw new WorkloadException(
            "TrafficSplits are not served by the API server: install their definition (split.smi-spec.io)");
        var body = Claimed(SplitObject.Make(spec, objects.OwnerOf(spec.Key), plan, resource.Version), spec);
        await objects.ApplyAsync(resource, spec.Apex, body, cancellationToken);

        // What was written is below by now; what was laid over it meanwhile counts more.
        if (!_ahead.TryGetValue(spec.Key, out var ahead) || ahead.Plan == plan)
        {
            _ahead.TryRemove(spec.Key, out _);
            _revisions[spec.Key] = layer.Change([KeyOf(spec)], []);
        }
    }
}
