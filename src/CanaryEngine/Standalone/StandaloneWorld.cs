using System.Collections.Concurrent;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Standalone;

/// <summary>
/// Standalone mode's side of the engine's ports: workloads are copies of a Service's endpoints, the traffic is a TrafficSplit in
/// the layer over the manifests, and all of a canary is in one state file. An effect reaches the proxies at once; it is recorded
/// with the status that follows it. Thread-safe for different canaries.
/// </summary>
/// <param name="directory">Where states are kept.</param>
/// <param name="publisher">Where their objects go.</param>
/// <param name="published">How far they have come.</param>
/// <param name="time">The clock.</param>
internal sealed class StandaloneWorld(
    StateDirectory directory, StatePublisher publisher, IPublishedObjects published, TimeProvider time)
    : IWorkloads, ITrafficRouter, ICanaryStore, ICanaryEventLog
{
    private const int EventsKept = 100;

    private readonly ConcurrentDictionary<NamespacedName, CanaryState> _states = new();
    private readonly ConcurrentDictionary<NamespacedName, Lock> _gates = new();
    private volatile TargetIndex _targets = TargetIndex.Empty;

    /// <summary>The canaries that something is known of.</summary>
    public IEnumerable<CanaryState> States => _states.Values;

    /// <summary>Reads the states from the directory and publishes their objects. Called once, before anything else.</summary>
    /// <param name="targets">The Services of the manifests.</param>
    public void Load(TargetIndex targets)
    {
        _targets = targets;
        foreach (var state in directory.ReadAll())
        {
            Replace(state);
        }
    }

    /// <summary>Takes over the Services of the manifests as they are now.</summary>
    /// <param name="targets">The Services.</param>
    public void UseTargets(TargetIndex targets) => _targets = targets;

    /// <inheritdoc/>
    public ValueTask<WorkloadFacts> ObserveAsync(CanarySpec spec, CanaryStatus status, CancellationToken cancellationToken)
    {
        var name = new NamespacedName(spec.Key.Namespace, spec.Target.Name);
        var target = _targets.Find(name);
        var state = Update(spec, known => Follow(known, target));
        var facts = new WorkloadFacts(
            target is null
                ? new TargetFact(null, $"service {spec.Target.Name}.{spec.Key.Namespace} get query error: it is not among the manifests")
                : new TargetFact(target.Revision),
            Observe(state.Primary, spec.Analysis.PrimaryReadyThreshold),
            Observe(state.Canary, spec.Analysis.CanaryReadyThreshold));
        return ValueTask.FromResult(facts);
    }

    /// <inheritdoc/>
    public ValueTask ApplyAsync(CanarySpec spec, Effect effect, CancellationToken cancellationToken)
    {
        Update(spec, state => effect switch
        {
            EnsurePrimary => state.Primary is null ? MakePrimary(state) : state,
            StartCanary start => state with { Canary = SnapshotOf(state, start.Revision) },
            CopyToPrimary copy => Promote(state, copy.Revision),
            RestorePrimary => state with { Primary = state.PreviousPrimary ?? state.Primary, PreviousPrimary = null },
            HandBack => state with { HandedBack = true },
            _ => state,
        });
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask LetGoAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        // No manifest waits for anybody.
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public void Forget(NamespacedName key)
    {
        // All that is remembered is the state, which is kept for a canary that comes back.
    }

    /// <inheritdoc/>
    public ValueTask<TrafficPlan?> ReadAsync(CanarySpec spec, CancellationToken cancellationToken) =>
        ValueTask.FromResult(StateOf(spec).Traffic);

    /// <inheritdoc/>
    public ValueTask WriteAsync(CanarySpec spec, TrafficPlan? plan, CancellationToken cancellationToken)
    {
        Update(spec, state => state with { Traffic = plan });
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public bool IsPublished(CanarySpec spec) => published.Revision >= publisher.RevisionOf(spec.Key);

    /// <inheritdoc/>
    public CanaryStatus StatusOf(NamespacedName key) =>
        _states.GetValueOrDefault(key) is { HandedBack: false } state ? state.Status : CanaryStatus.Empty;

    /// <inheritdoc/>
    public EquatableArray<CanaryEvent> EventsOf(NamespacedName key) => _states.GetValueOrDefault(key)?.Events ?? [];

    /// <inheritdoc/>
    public ValueTask SaveAsync(
        CanarySpec spec,
        CanaryStatus status,
        IReadOnlyList<CanaryEvent> events,
        bool isLasting,
        CancellationToken cancellationToken)
    {
        // Events of hooks come in beside the rounds; a file never goes back to an older state.
        lock (GateOf(spec.Key))
        {
            var state = StateOf(spec);
            var next = state with { Status = status, Events = CanaryEvents.Append(state.Events, events, EventsKept) };
            if (isLasting)
            {
                directory.Write(next);
            }

            // What could not be written is not remembered either: the next round decides from what would be found after a restart.
            _states[spec.Key] = next;
        }

        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    public ValueTask AppendAsync(NamespacedName key, CanaryEvent canaryEvent)
    {
        Append(key, canaryEvent);
        return ValueTask.CompletedTask;
    }

    /// <summary>Adds a warning to the events of a canary that something is known of.</summary>
    /// <param name="key">The canary.</param>
    /// <param name="text">What is wrong.</param>
    public void Note(NamespacedName key, string text)
    {
        if (_states.TryGetValue(key, out var state))
        {
            var now = time.GetUtcNow();
            Append(key, new CanaryEvent(now, now, 1, true, text, state.Status.Phase));
        }
    }

    /// <summary>Gives a deleted canary's traffic back to its target.</summary>
    /// <param name="key">The canary.</param>
    public void Release(NamespacedName key)
    {
        lock (GateOf(key))
        {
            // The effect has handed it back in memory only.
            if (_states.GetValueOrDefault(key) is { } state)
            {
                var next = state with { HandedBack = true };
                Replace(next);
                directory.Write(next);
            }
        }
    }

    private CanaryState StateOf(CanarySpec spec)
    {
        var known = _states.GetValueOrDefault(spec.Key);
        if (known is { HandedBack: false } && known.Apex == spec.Service.Name && known.Target == spec.Target.Name)
        {
            return known;
        }

        // Of a canary that comes back the target has had the traffic meanwhile: what it is now is what was served.
        var fresh = new CanaryState { Key = spec.Key, Apex = spec.Service.Name, Target = spec.Target.Name };
        return known is { HandedBack: false } && known.Target == spec.Target.Name
            ? known with { Apex = spec.Service.Name }
            : fresh with { Events = known?.Events ?? [] };
    }

    private void Append(NamespacedName key, CanaryEvent canaryEvent)
    {
        lock (GateOf(key))
        {
            if (_states.TryGetValue(key, out var state))
            {
                var next = state with { Events = CanaryEvents.Append(state.Events, [canaryEvent], EventsKept) };
                directory.Write(next);
                _states[key] = next;
            }
        }
    }

    private Lock GateOf(NamespacedName key) => _gates.GetOrAdd(key, _ => new Lock());

    private CanaryState Update(CanarySpec spec, Func<CanaryState, CanaryState> change)
    {
        lock (GateOf(spec.Key))
        {
            var known = StateOf(spec);
            var next = change(known);
            var kept = next == known ? known : next;
            Replace(kept);
            return kept;
        }
    }

    // Endpoints that become ready or not are the same revision: copies of it show what is known now.
    private static CanaryState Follow(CanaryState state, TargetSnapshot? target) => target is null ? state : state with
    {
        Primary = state.Primary?.Revision == target.Revision ? target : state.Primary,
        Canary = state.Canary?.Revision == target.Revision ? target : state.Canary,
    };

    private CanaryState MakePrimary(CanaryState state) =>
        TargetOf(state) is { } target ? state with { Primary = target, Canary = state.Canary ?? target } : state;

    private static CanaryState Promote(CanaryState state, string revision)
    {
        if (state.Primary?.Revision == revision)
        {
            return state;
        }

        return state.Canary is { } canary && canary.Revision == revision
            ? state with { Primary = canary, PreviousPrimary = state.Primary }
            : throw new WorkloadException($"revision {revision} is not the one that was analysed");
    }

    private TargetSnapshot SnapshotOf(CanaryState state, string revision)
    {
        if (state.Canary?.Revision == revision)
        {
            return state.Canary;
        }

        return TargetOf(state) is { } target && target.Revision == revision
            ? target
            : throw new WorkloadException($"service {state.Target} has changed again");
    }

    private TargetSnapshot? TargetOf(CanaryState state) =>
        _targets.Find(new NamespacedName(state.Key.Namespace, state.Target));

    private void Replace(CanaryState state)
    {
        _states[state.Key] = state;
        publisher.Publish(state, _targets.Find(new NamespacedName(state.Key.Namespace, state.Apex)) is null);
    }

    private static WorkloadFact Observe(TargetSnapshot? snapshot, int threshold)
    {
        if (snapshot is null)
        {
            return new WorkloadFact(false, Readiness.Waiting, "waiting for its endpoints to be copied");
        }

        var isReady = snapshot.Endpoints > 0 && (long)snapshot.Ready * 100 >= (long)snapshot.Endpoints * threshold;
        var text = snapshot.Endpoints == 0
            ? "waiting for rollout to finish: it has no endpoints"
            : $"waiting for rollout to finish: {snapshot.Ready} of {snapshot.Endpoints} (readyThreshold {threshold}%) "
                + "endpoints are ready";
        return isReady
            ? new WorkloadFact(true, Readiness.Ready, Revision: snapshot.Revision)
            : new WorkloadFact(true, Readiness.Waiting, text, snapshot.Revision);
    }
}
