using System.Collections.Concurrent;
using System.Text.Json.Nodes;

namespace XdsCanary.TestKit.Cluster;

/// <summary>
/// Keeps the objects of a list as the API server has them: list, then watch, and again after every break. Who follows is told
/// which object to look at again, from one thread at a time.
/// </summary>
public sealed class ResourceFollower : IAsyncDisposable
{
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(100);

    private readonly KubeApi _api;
    private readonly string _path;
    private readonly Action<string, JsonObject?> _changed;
    private readonly ConcurrentDictionary<string, JsonObject> _objects = new(StringComparer.Ordinal);
    private readonly TaskCompletionSource _synced = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    /// <summary>Begins to follow.</summary>
    /// <param name="api">The API server.</param>
    /// <param name="path">The path of the list.</param>
    /// <param name="changed">Gets the unique id of an object, and the object; null when it is gone.</param>
    public ResourceFollower(KubeApi api, string path, Action<string, JsonObject?> changed)
    {
        _api = api;
        _path = path;
        _changed = changed;
        _loop = Task.Run(RunAsync);
    }

    /// <summary>Ends when the list was read for the first time.</summary>
    public Task Synced => _synced.Task;

    /// <summary>The objects as they were seen last.</summary>
    public ICollection<JsonObject> Objects => _objects.Values;

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            try
            {
                await FollowAsync(await ListAsync());
            }
            catch (Exception) when (!_stop.IsCancellationRequested)
            {
                // The server is away, or forgot the version: from the start again, after a rest.
                await Task.Delay(Pause, TimeProvider.System, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
            }
            catch (Exception)
            {
                return;
            }
        }
    }

    private async Task<string?> ListAsync()
    {
        var list = await _api.GetAsync(_path, _stop.Token);
        var gone = _objects.Keys.ToHashSet();
        foreach (var item in list.Items("items"))
        {
            gone.Remove(item.Uid());
            Keep(item);
        }

        foreach (var uid in gone)
        {
            Forget(uid);
        }

        _synced.TrySetResult();
        return list.Text("metadata", "resourceVersion");
    }

    private async Task FollowAsync(string? version)
    {
        await foreach (var change in _api.WatchAsync(_path, version, _stop.Token))
        {
            switch (change.Type)
            {
                case "ADDED" or "MODIFIED":
                    Keep(change.Object);
                    break;
                case "DELETED":
                    Forget(change.Object.Uid());
                    break;
                case "ERROR":
                    return;
            }
        }
    }

    private void Keep(JsonObject item)
    {
        var uid = item.Uid();
        var isNew = !_objects.TryGetValue(uid, out var known)
            || known.Text("metadata", "resourceVersion") != item.Text("metadata", "resourceVersion");
        _objects[uid] = item;
        if (isNew)
        {
            _changed(uid, item);
        }
    }

    private void Forget(string uid)
    {
        if (_objects.TryRemove(uid, out _))
        {
            _changed(uid, null);
        }
    }
}
