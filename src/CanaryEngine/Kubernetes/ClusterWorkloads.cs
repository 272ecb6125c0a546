using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// The engine's workloads in a cluster. What others have changed in the objects that are made for a canary is put right beside the
/// decisions: a fault in that holds up no rollback (H-08). Thread-safe for different canaries.
/// </summary>
/// <param name="targets">The targets of each kind.</param>
/// <param name="finalizer">Keeps a Canary object until its target has the traffic back.</param>
/// <param name="objects">The cluster.</param>
/// <param name="events">Where it is said what could not be put right.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class ClusterWorkloads(
    ClusterTargets targets,
    CanaryFinalizer finalizer,
    ClusterObjects objects,
    ICanaryEventLog events,
    TimeProvider time,
    ILogger<ClusterWorkloads> logger) : IWorkloads
{
    // What keeps failing, or what somebody else keeps changing back, is not tried at every turn.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(5);

    private readonly ConcurrentDictionary<NamespacedName, Upkeep> _keptUp = new();

    /// <summary>The canaries whose objects are to be looked at again by now, though nothing else may call for a round.</summary>
    public IEnumerable<NamespacedName> Owing => _keptUp
        .Where(pair => pair.Value.IsOwing && time.GetUtcNow() >= pair.Value.At + Pause).Select(pair => pair.Key);

    /// <inheritdoc/>
    public async ValueTask<WorkloadFacts> ObserveAsync(CanarySpec spec, CanaryStatus status, CancellationToken cancellationToken)
    {
        var facts = targets.Of(spec).Observe(spec);
        if (objects.Find(ClusterKinds.Canaries, spec.Key) is { } canary && ObjectJson.Metadata(canary, "deletionTimestamp").Length == 0)
        {
            await KeepUpAsync(spec, status, facts, cancellationToken);
        }

        return facts;
    }

    /// <inheritdoc/>
    public async ValueTask ApplyAsync(CanarySpec spec, Effect effect, CancellationToken cancellationToken)
    {
        var own = targets.Of(spec);
        try
        {
            await (effect switch
            {
                EnsurePrimary => own.EnsurePrimaryAsync(spec, cancellationToken),
                StartCanary start => own.StartAsync(spec, start.Revision, cancellationToken),
                CopyToPrimary copy => own.PromoteAsync(spec, copy.Revision, cancellationToken),
                RestorePrimary => own.RestoreAsync(spec, cancellationToken),
                StopCanary => own.StopAsync(spec, cancellationToken),
                HandBack => finalizer.HandBackAsync(spec, own, cancellationToken),
                _ => throw new InvalidOperationException($"No workload effect {effect.GetType().Name} is known."),
            });
        }
        catch (KubeException exception)
        {
            throw new WorkloadException(exception.Message, exception);
        }
    }

    /// <inheritdoc/>
    public async ValueTask LetGoAsync(NamespacedName key, CancellationToken cancellationToken) =>
        await finalizer.LetGoAsync(key, cancellationToken);

    /// <inheritdoc/>
    public void Forget(NamespacedName key) => _keptUp.TryRemove(key, out _);

    // What was made is looked at only after something has changed that it depends on, and not at every turn.
    private async Task KeepUpAsync(CanarySpec spec, CanaryStatus status, WorkloadFacts facts, CancellationToken cancellationToken)
    {
        var now = time.GetUtcNow();
        var isMade = facts.Primary.Exists;

        // Until the primary serves, the service that clients call leads to the target.
        var isServed = isMade && !status.Phase.IsInitialising();
        var next = new Upkeep(objects.Mesh.Current.Revision, objects.Workloads.Current.Revision, spec, isServed, now);
        var before = _keptUp.GetValueOrDefault(spec.Key);
        if (before is not null && before.Spec == spec && before.IsServed == isServed)
        {
            var isSame = before.Mesh == next.Mesh && before.Workloads == next.Workloads;
            if (before.At + Pause > now || (isSame && !before.IsOwing))
            {
                _keptUp[spec.Key] = before with { IsOwing = before.IsOwing || !isSame };
                return;
            }
        }

        var trouble = await TryAsync(() => finalizer.EnsureAsync(spec, isMade, cancellationToken));
        if (trouble.Length == 0 && isMade && facts.Target.Revision is not null && !spec.Suspend)
        {
            trouble = await TryAsync(() => targets.Of(spec).KeepUpAsync(spec, isServed, cancellationToken));
        }

        _keptUp[spec.Key] = next with { Trouble = trouble, IsOwing = trouble.Length > 0 };
        if (trouble.Length > 0 && trouble != before?.Trouble)
        {
            logger.UpkeepFailed(spec.Key, trouble);
            await events.AppendAsync(spec.Key, new CanaryEvent(now, now, 1, IsWarning: true, trouble, status.Phase));
        }
    }

    // Says what went wrong; empty when nothing did.
    private static async Task<string> TryAsync(Func<Task> upkeep)
    {
        try
        {
            await upkeep();
            return string.Empty;
        }
        catch (Exception exception) when (exception is KubeException or WorkloadException)
        {
            return exception.Message;
        }
    }

    // What it was done for and when, what went wrong, and whether something has changed since.
    private sealed record Upkeep(long Mesh, long Workloads, CanarySpec Spec, bool IsServed, DateTimeOffset At)
    {
        public string Trouble { get; init; } = string.Empty;

        public bool IsOwing { get; init; }
    }
}
