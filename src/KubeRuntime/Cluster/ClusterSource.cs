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
    private readonly ChangeJournal _journal = new();
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

    /// <summary>The objects that changed after a revision of <see cref="Current"/>.</summary>
    /// <param name="revision">The revision.</param>
    /// <returns>The objects; null when that is too long ago to be known.</returns>
    public ImmutableHashSet<ObjectKey>? ChangedSince(long revision)
    {
        lock (_gate)
        {
            return _journal.Since(revision);
        }
    }

    /// <summary>Reads all objects of a kind anew, so that what others wrote before this call is known after it.</summary>
    /// <param name="group">The kind's group.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="KubeException">The API server did not answer.</exception>
    public async Task RefreshAsync(string group, string kind, CancellationToken cancellationToken)
    {
        if (Served(group, kind) is { } resource)
        {
            using var list = await client.GetAsync(resource.PathOfAll(options.Namespace), cancellationToken);
            foreach (var item in list.RootElement.GetProperty("items").EnumerateArray())
            {
                ((IWatchSink)this).Put(ApiObjects.Read(item, resource));
            }
        }
    }

    void IWatchSink.Replace(WatchedKind kind, string version, ImmutableArray<ObjectReading> readings, ulong resourceVersion)
    {
        lock (_gate)
        {
            var next = _store.Replace(kind.Group, kind.Kind, readings, resourceVersion);
            Publish(next, [.. Differences(_store.Objects, next.Objects, kind)]);
        }

        Serve(kind, version);
        Changed.Raise();
    }

    void IWatchSink.Put(ObjectReading reading)
    {
        foreach (var item in reading.Objects)
        {
            Put(item);
        }

        foreach (var problem in reading.Problems)
        {
            logger.ObjectUnreadable(problem.ToString());
            Change(store => store.Put(problem), problem.Object ?? default);
        }
    }

    void IWatchSink.Remove(ObjectReading last)
    {
        foreach (var item in last.Objects)
        {
            Change(store => store.Remove(item), item.Key);
        }
    }

    void IWatchSink.NotServed(WatchedKind kind)
    {
        // What was there of it went with its definition.
        ((IWatchSink)this).Replace(kind, string.Empty, [], ulong.MaxValue);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var watchers = options.Kinds.Select((kind, index) => new ResourceWatcher(
            client, kind, options.Namespace, this, new Random(options.Seed + index), time, logger));
        await Task.WhenAll(watchers.Select(watcher => watcher.RunAsync(stoppingToken)));
    }

    private void Serve(WatchedKind kind, string version)
    {
        _served[kind] = version;
        if (!HasSynced && _served.Count == options.Kinds.Length)
        {
            Volatile.Write(ref _hasSynced, true);
            logger.ClusterSynced(Current.Objects.Count, Current.Problems.Length);
        }
    }

    private void Change(Func<ClusterStore, ClusterStore> change, ObjectKey key)
    {
        lock (_gate)
        {
            var next = change(_store);
            if (ReferenceEquals(next, _store))
            {
                return;
            }

            Publish(next, [key]);
        }

        Changed.Raise();
    }

    private void Publish(ClusterStore next, ImmutableArray<ObjectKey> changed)
    {
        var revision = _current.Revision + 1;
        foreach (var key in changed)
        {
            _journal.Note(revision, key);
        }

        _store = next;
        Volatile.Write(ref _current, new ObjectSet(next.Objects, [.. next.Problems.Values], revision)
        {
            Kept = [.. next.Problems.Keys],
        });
    }

    private static IEnumerable<ObjectKey> Differences(
        ImmutableDictionary<ObjectKey, SourceObject> before, ImmutableDictionary<ObjectKey, SourceObject> after, WatchedKind kind) =>
        before.Keys.Union(after.Keys)
            .Where(key => key.Kind == kind.Kind && key.Group == kind.Group)
            .Where(key => !ReferenceEquals(before.GetValueOrDefault(key), after.GetValueOrDefault(key)));
}
