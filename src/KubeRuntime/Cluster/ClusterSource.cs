using System.Collections.Concurrent;
using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Cluster;

/// <summary>What is followed of an API server.</summary>
public sealed record ClusterSourceOptions
{
    /// <summary>The kinds.</summary>
    public required ImmutableArray<WatchedKind> Kinds { get; init; }

    /// <summary>The namespace; empty for all.</summary>
    public string Namespace { get; init; } = string.Empty;

    /// <summary>Spreads what several replicas do; any number.</summary>
    public int Seed { get; init; }
}

/// <summary>
/// The objects of an API server, followed by list and watch. While the server is away, what is known stays. Kinds whose definition is
/// missing are looked for again, and found when it is added. Started before whoever reads it; thread-safe.
/// </summary>
/// <param name="client">The API server.</param>
/// <param name="options">What is followed.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
public sealed class ClusterSource(KubeClient client, ClusterSourceOptions options, TimeProvider time, ILogger<ClusterSource> logger)
    : BackgroundService, IObjectSource, IWatchSink
{
    private readonly Lock _gate = new();
    private readonly ConcurrentDictionary<WatchedKind, string> _served = new();
    private ClusterStore _store = ClusterStore.Empty;
    private ObjectSet _current = ObjectSet.Empty;
    private bool _hasSynced;

    /// <inheritdoc/>
    public ObjectSet Current => Volatile.Read(ref _current);

    /// <inheritdoc/>
    public bool HasSynced => Volatile.Read(ref _hasSynced);

    /// <inheritdoc/>
    public ChangeSignal Changed { get; } = new();

    /// <summary>The resource of a kind in the version that is served.</summary>
    /// <param name="group">The group.</param>
    /// <param name="kind">The kind.</param>
    /// <returns>The resource; null for a kind that is not served, or not followed.</returns>
    public ApiResource? Served(string group, string kind)
    {
        var known = options.Kinds.FirstOrDefault(item => item.Group == group && item.Kind == kind);
        return known is not null && _served.GetValueOrDefault(known) is { Length: > 0 } version ? known.In(version) : null;
    }

    /// <summary>Takes over an object that a write has answered with, before the watch tells of it.</summary>
    /// <param name="item">The object.</param>
    public void Put(SourceObject item)
    {
        ArgumentNullException.ThrowIfNull(item);
        Change(store => store.Put(item), item.Key);
    }

    /// <summary>Reads all objects of a kind anew, so that what others wrote before this call is known after it.</summary>
    /// <param name="group">The kind's group.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="KubeException">The API server did not answer.</exception>
    public async Task RefreshAsync(string group, string kind, CancellationToken cancellationToken)
    {
        var known = options.Kinds.FirstOrDefault(item => item.Group == group && item.Kind == kind);
        if (known is not null && _served.GetValueOrDefault(known) is { Length: > 0 } version)
        {
            var list = await ObjectList.ReadAsync(client, known, version, options.Namespace, cancellationToken);
            Change(store => store.Refresh(group, kind, list.Readings, ApiObjects.VersionOf(list.Version)), known);
        }
    }

    void IWatchSink.Replace(WatchedKind kind, string version, ImmutableArray<ObjectReading> readings, ulong resourceVersion)
    {
        // A fault that names no object has no place in the store.
        Report(readings.SelectMany(reading => reading.Problems).Where(problem => problem.Object is null));
        Change(store => store.Replace(kind.Group, kind.Kind, readings, resourceVersion), kind);
        Serve(kind, version);
    }

    void IWatchSink.Put(WatchedKind kind, ObjectReading reading, ulong resourceVersion)
    {
        Report(reading.Problems.Where(problem => problem.Object is null));
        foreach (var item in reading.Objects)
        {
            Change(store => store.Put(item), item.Key);
        }

        foreach (var problem in reading.Problems)
        {
            Change(store => store.Put(problem, resourceVersion), problem.Object ?? default);
        }

        ((IWatchSink)this).Passed(kind, resourceVersion);
    }

    void IWatchSink.Remove(WatchedKind kind, ObjectReading last, ulong resourceVersion)
    {
        var gone = last.Objects.Select(item => item.Key).Concat(last.Problems.Select(problem => problem.Object).OfType<ObjectKey>());
        foreach (var key in gone.Distinct())
        {
            Change(store => store.Remove(key, resourceVersion), key);
        }

        ((IWatchSink)this).Passed(kind, resourceVersion);
    }

    void IWatchSink.Passed(WatchedKind kind, ulong resourceVersion)
    {
        lock (_gate)
        {
            _store = _store.Advance(kind.Group, kind.Kind, resourceVersion);
        }
    }

    void IWatchSink.NotServed(WatchedKind kind)
    {
        // What was there of it went with its definition.
        Change(store => store.Forget(kind.Group, kind.Kind), kind);
        Serve(kind, string.Empty);
    }

    /// <summary>Follows until cancelled.</summary>
    /// <param name="cancellationToken">Ends it with <see cref="OperationCanceledException"/>.</param>
    internal async Task RunAsync(CancellationToken cancellationToken)
    {
        var watchers = options.Kinds.Select((kind, index) => new ResourceWatcher(
            client, kind, options.Namespace, this, new Random(options.Seed + index), time, logger));
        await Task.WhenAll(watchers.Select(watcher => watcher.RunAsync(cancellationToken)));
    }

    /// <inheritdoc/>
    protected override Task ExecuteAsync(CancellationToken stoppingToken) => RunAsync(stoppingToken);

    private void Serve(WatchedKind kind, string version)
    {
        _served[kind] = version;
        lock (_gate)
        {
            if (_hasSynced || _served.Count < options.Kinds.Length)
            {
                return;
            }

            Volatile.Write(ref _hasSynced, true);
        }

        logger.ClusterSynced(Current.Objects.Count, Current.Problems.Length);
        Changed.Raise();
    }

    private void Change(Func<ClusterStore, ClusterStore> change, ObjectKey key) =>
        Change(change, (_, _) => [key]);

    private void Change(Func<ClusterStore, ClusterStore> change, WatchedKind kind) =>
        Change(change, (before, after) => Differences(before, after, kind));

    private void Change(Func<ClusterStore, ClusterStore> change, Func<ClusterStore, ClusterStore, IEnumerable<ObjectKey>> differences)
    {
        ClusterStore before, next;
        lock (_gate)
        {
            (before, next) = (_store, change(_store));
            _store = next;
            if (ReferenceEquals(next.Objects, before.Objects) && ReferenceEquals(next.Problems, before.Problems))
            {
                return;
            }

            Publish(next, differences(before, next));
        }

        if (!ReferenceEquals(next.Problems, before.Problems))
        {
            Report(next.Problems.Where(pair => before.Problems.GetValueOrDefault(pair.Key) != pair.Value).Select(pair => pair.Value));
        }

        Changed.Raise();
    }

    private void Publish(ClusterStore next, IEnumerable<ObjectKey> changed)
    {
        Volatile.Write(ref _current, _current.Next(next.Objects, [.. changed]) with
        {
            Problems = [.. next.Problems.Values],
            Kept = [.. next.Problems.Keys.Where(next.Objects.ContainsKey)],
        });
    }

    private void Report(IEnumerable<ObjectProblem> problems)
    {
        foreach (var problem in problems)
        {
            logger.ObjectUnreadable(problem.ToString());
        }
    }

    private static IEnumerable<ObjectKey> Differences(ClusterStore before, ClusterStore after, WatchedKind kind) =>
        before.Objects.Keys.Union(after.Objects.Keys)
            .Where(key => key.Kind == kind.Kind && key.Group == kind.Group)
            .Where(key => !ReferenceEquals(before.Objects.GetValueOrDefault(key), after.Objects.GetValueOrDefault(key)));
}
