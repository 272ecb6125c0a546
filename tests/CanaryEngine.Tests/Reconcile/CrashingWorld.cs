using System.Collections.Concurrent;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Standalone;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Reconcile;

/// <summary>The process "dies".</summary>
internal sealed class CrashException : Exception;

/// <summary>
/// The standalone world, dying before or after its k-th effect or save, and the record of the weights that were saved.
/// </summary>
internal sealed class CrashingWorld(StandaloneWorld world, int crashAt, List<int> weights) : IWorkloads, ITrafficRouter, ICanaryStore
{
    private int _points;

    /// <summary>How many instants there were at which it could have died.</summary>
    public int Points => _points;

    /// <summary>The canary that cannot be observed; null for none.</summary>
    public NamespacedName? Faulty { get; set; }

    /// <summary>How many times it was tried.</summary>
    public int Faults { get; private set; }

    /// <summary>The traffic cannot be directed, as while an API server is away.</summary>
    public bool IsAway { get; set; }

    /// <summary>What observing waits for; null for nothing.</summary>
    public TaskCompletionSource? Held { get; set; }

    /// <summary>Something is waiting for it.</summary>
    public bool IsHolding { get; private set; }

    /// <summary>The canaries whose objects were let go.</summary>
    public ConcurrentQueue<NamespacedName> LetGo { get; } = [];

    /// <summary>The canaries that were forgotten: once with their workloads, once with their traffic.</summary>
    public ConcurrentQueue<NamespacedName> Forgotten { get; } = [];

    public async ValueTask<WorkloadFacts> ObserveAsync(CanarySpec spec, CanaryStatus status, CancellationToken cancellationToken)
    {
        if (Held is { } held)
        {
            IsHolding = true;
            await held.Task;
        }

        if (spec.Key != Faulty)
        {
            return await world.ObserveAsync(spec, status, cancellationToken);
        }

        Faults++;
        throw new InvalidOperationException("The workloads cannot be observed.");
    }

    public async ValueTask ApplyAsync(CanarySpec spec, Effect effect, CancellationToken cancellationToken)
    {
        Pass();
        await world.ApplyAsync(spec, effect, cancellationToken);
        Pass();
    }

    public ValueTask LetGoAsync(NamespacedName key, CancellationToken cancellationToken)
    {
        LetGo.Enqueue(key);
        return world.LetGoAsync(key, cancellationToken);
    }

    public void Forget(NamespacedName key)
    {
        Forgotten.Enqueue(key);
        world.Forget(key);
    }

    public ValueTask<TrafficPlan?> ReadAsync(CanarySpec spec, CancellationToken cancellationToken) =>
        world.ReadAsync(spec, cancellationToken);

    public async ValueTask WriteAsync(CanarySpec spec, TrafficPlan? plan, CancellationToken cancellationToken)
    {
        Pass();
        if (IsAway)
        {
            throw new WorkloadException("the API server is away");
        }

        await world.WriteAsync(spec, plan, cancellationToken);
        Pass();
    }

    public bool IsPublished(CanarySpec spec) => world.IsPublished(spec);

    public CanaryStatus StatusOf(NamespacedName key) => world.StatusOf(key);

    public EquatableArray<CanaryEvent> EventsOf(NamespacedName key) => world.EventsOf(key);

    public async ValueTask SaveAsync(
        CanarySpec spec,
        CanaryStatus status,
        IReadOnlyList<CanaryEvent> events,
        bool isLasting,
        CancellationToken cancellationToken)
    {
        Pass();
        var before = world.StatusOf(spec.Key);
        await world.SaveAsync(spec, status, events, isLasting, cancellationToken);
        var weight = status.Run?.Weight ?? 0;
        if (isLasting && weight != (before.Run?.Weight ?? 0))
        {
            weights.Add(weight);
        }

        Pass();
    }

    private void Pass()
    {
        if (++_points == crashAt)
        {
            throw new CrashException();
        }
    }
}
