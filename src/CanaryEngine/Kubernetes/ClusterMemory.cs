using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Keeps what is remembered of canaries in the status of their objects. What could not be written because the API server is away
/// counts nevertheless, and is written as soon as it can be: a rollback is not taken back because nobody could note it down. A
/// leader remembers by itself what it wrote; a follower sees what the leader has written. Thread-safe for different canaries.
/// </summary>
/// <param name="objects">The cluster.</param>
/// <param name="writes">Writes statuses.</param>
/// <param name="adoption">Understands what Flagger has written.</param>
/// <param name="targets">Knows what targets are configured by.</param>
/// <param name="events">Where events go.</param>
/// <param name="conditions">Where faults of objects go.</param>
/// <param name="logger">The log.</param>
internal sealed class ClusterMemory(
    ClusterObjects objects,
    StatusWrites writes,
    Adoption adoption,
    TargetViews targets,
    EventRecorder events,
    SpecConditions conditions,
    ILogger<ClusterMemory> logger) : ICanaryStore, ICanaryEventLog
{
    private const int EventsKept = 100;

    private readonly ConcurrentDictionary<NamespacedName, (string Uid, CanaryStatus Status)> _statuses = new();
    private readonly ConcurrentDictionary<NamespacedName, EquatableArray<CanaryEvent>> _events = new();
    private readonly ConcurrentDictionary<NamespacedName, CanarySpec> _pending = new();

    /// <summary>The canaries whose status waits to be written.</summary>
    public IEnumerable<CanarySpec> Pending => _pending.Values;

    /// <summary>Forgets what a term remembered.</summary>
    public void Clear()
    {
        _statuses.Clear();
        _pending.Clear();
    }

    /// <summary>Forgets a canary.</summary>
    /// <param name="key">The canary.</param>
    public void Forget(NamespacedName key)
    {
        _statuses.TryRemove(key, out _);
        _events.TryRemove(key, out _);
        _pending.TryRemove(key, out _);
        targets.Forget(key);
    }

    /// <inheritdoc/>
    public CanaryStatus StatusOf(NamespacedName key)
    {
        var canary = objects.Find(ClusterKinds.Canaries, key);
        // One that was made anew has done nothing yet, though nobody may have seen that the one before it was gone.
        return _statuses.TryGetValue(key, out var known) && (canary is null || ObjectJson.Metadata(canary, "uid") == known.Uid) ? known.Status
            : canary is not null ? adoption.StatusOf(canary)
            : CanaryStatus.Empty;
    }

    /// <inheritdoc/>
    public EquatableArray<CanaryEvent> EventsOf(NamespacedName key) => _events.GetValueOrDefault(key);

    /// <inheritdoc/>
    public async ValueTask SaveAsync(
        CanarySpec spec,
        CanaryStatus status,
        IReadOnlyList<CanaryEvent> events,
        bool isLasting,
        CancellationToken cancellationToken)
    {
        _statuses[spec.Key] = (spec.Uid, status);
        Keep(spec.Key, events);
        if (isLasting && await TryWriteAsync(spec, cancellationToken) is { } problem && _pending.TryAdd(spec.Key, spec))
        {
            logger.WritePending(spec.Key, "the status", problem);
        }
    }

    /// <inheritdoc/>
    public ValueTask AppendAsync(NamespacedName key, CanaryEvent canaryEvent)
    {
        Keep(key, [canaryEvent]);
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes what waits to be written.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task CatchUpAsync(CancellationToken cancellationToken)
    {
        await conditions.CatchUpAsync(cancellationToken);
        foreach (var (key, spec) in _pending.ToImmutableArray())
        {
            // Taken off first: what could not be written meanwhile puts it back.
            _pending.TryRemove(key, out _);
            if (await TryWriteAsync(spec, cancellationToken) is null)
            {
                logger.WriteCaughtUp(key, "the status");
            }
            else
            {
                _pending.TryAdd(key, spec);
            }
        }
    }

    /// <summary>Says on an object by its condition whether it is valid.</summary>
    /// <param name="key">The canary.</param>
    /// <param name="problems">Its faults; none for one that is valid.</param>
    public void Judge(NamespacedName key, ImmutableArray<ObjectProblem> problems) => conditions.Set(key, problems);

    /// <summary>Says on an object what is wrong with it; only the leader does.</summary>
    /// <param name="key">The canary.</param>
    /// <param name="problem">What is wrong.</param>
    /// <param name="now">The time.</param>
    public void Complain(NamespacedName key, ObjectProblem problem, DateTimeOffset now)
    {
        var text = $"invalid canary spec: {problem.Field}: {problem.Message}. {problem.Fix}.";
        Keep(key, [new CanaryEvent(now, now, 1, IsWarning: true, text, StatusOf(key).Phase)]);
    }

    private void Keep(NamespacedName key, IReadOnlyList<CanaryEvent> added)
    {
        if (added.Count == 0)
        {
            return;
        }

        _events.AddOrUpdate(
            key,
            _ => CanaryEvents.Append([], added, EventsKept),
            (_, known) => CanaryEvents.Append(known, added, EventsKept));
        foreach (var canaryEvent in added)
        {
            events.Record(key, canaryEvent);
        }
    }

    // Says why it could not be written; null when it was, or need not be.
    private async Task<string?> TryWriteAsync(CanarySpec spec, CancellationToken cancellationToken)
    {
        try
        {
            await writes.ChangeAsync(spec.Key, canary => _statuses.TryGetValue(spec.Key, out var known)
                && known.Uid == ObjectJson.Metadata(canary, "uid")
                ? StatusJson.Write(spec, known.Status, targets.ConfigsOf(spec), ObjectJson.Part(canary, "status"))
                : null, cancellationToken);
            return null;
        }
        catch (KubeException exception)
        {
            return exception.Fault == KubeFault.NotFound ? null : exception.Message;
        }
    }
}
