using System.Text.Json.Nodes;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>
/// Follows a value in one object, over outages of the API server, and keeps what it was one after another: each value once for as long
/// as it stayed. A watch tells every change, where asking again and again misses what stays for a moment only.
/// </summary>
internal sealed class ObjectWatch<T> : IAsyncDisposable
    where T : notnull
{
    private readonly Lock _gate = new();
    private readonly List<Seen<T>> _seen = [];
    private readonly List<(Func<T, bool> Accept, TaskCompletionSource Source)> _awaited = [];
    private readonly ResourceFollower _follower;

    private ObjectWatch(KubeApi api, string list, string name, Func<JsonObject, T> read) => _follower = new ResourceFollower(
        api,
        list,
        (_, found) =>
        {
            if (found?.Name() == name)
            {
                Add(read(found));
            }
        });

    /// <summary>What was seen up to now, oldest first.</summary>
    public IReadOnlyList<Seen<T>> All
    {
        get
        {
            lock (_gate)
            {
                return [.. _seen];
            }
        }
    }

    /// <summary>Begins to follow an object that is there.</summary>
    /// <param name="api">The API server.</param>
    /// <param name="list">The path of a list that the object is in.</param>
    /// <param name="name">Its name.</param>
    /// <param name="read">Reads the value in it.</param>
    public static async Task<ObjectWatch<T>> StartAsync(KubeApi api, string list, string name, Func<JsonObject, T> read)
    {
        var watch = new ObjectWatch<T>(api, list, name, read);
        await watch._follower.Synced;
        return watch;
    }

    /// <summary>Ends as soon as a value is acceptable, from now on.</summary>
    public Task BecomesAsync(Func<T, bool> accept)
    {
        lock (_gate)
        {
            if (_seen.Count > 0 && accept(_seen[^1].Value))
            {
                return Task.CompletedTask;
            }

            var source = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _awaited.Add((accept, source));
            return source.Task;
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _follower.DisposeAsync();

    private void Add(T value)
    {
        lock (_gate)
        {
            if (_seen.Count == 0 || !_seen[^1].Value.Equals(value))
            {
                _seen.Add(new Seen<T>(TimeProvider.System.GetUtcNow(), value));
            }

            foreach (var (_, source) in _awaited.Where(awaited => awaited.Accept(value)))
            {
                source.TrySetResult();
            }
        }
    }
}
