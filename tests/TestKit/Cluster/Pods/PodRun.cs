using System.Net;
using System.Text.Json.Nodes;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>
/// One pod on the node, from when it is seen first until it is gone: binds it, runs its containers, writes its status, ends
/// it when it is to be deleted.
/// </summary>
internal sealed class PodRun : IAsyncDisposable
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromMilliseconds(200);

    private readonly NodeContext _node;
    private readonly Func<JsonObject> _nodeObject;
    private readonly ChangeSignal _changed = new();
    private readonly Lock _stopping = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly CancellationTokenSource _gone = new();
    private readonly string _path;
    private readonly Task _work;
    private volatile JsonObject _pod;
    private volatile IReadOnlyList<ContainerRun> _initial = [];
    private volatile IReadOnlyList<ContainerRun> _containers = [];
    private volatile bool _isBound;
    private Task? _ending;

    public PodRun(NodeContext node, JsonObject pod, Func<JsonObject> nodeObject)
    {
        _node = node;
        _nodeObject = nodeObject;
        _pod = pod;
        _path = $"/api/v1/namespaces/{pod.Namespace()}/pods/{pod.Name()}";
        See(pod);
        _work = Task.Run(RunAsync);
    }

    /// <summary>The object as it was seen last.</summary>
    public JsonObject Pod => _pod;

    /// <summary>Its containers, once they are to be started.</summary>
    public IReadOnlyList<ContainerRun> Containers => _containers;

    /// <summary>Takes the object as it is now.</summary>
    public void See(JsonObject pod)
    {
        _pod = pod;
        if (pod.Text("metadata", "deletionTimestamp") is not null)
        {
            StopLater();
        }

        _changed.Raise();
    }

    /// <summary>Looks again at whether the node will do.</summary>
    public void LookAgain() => _changed.Raise();

    /// <summary>The object is gone, or the node: ends everything at once, and tells nobody. Called once.</summary>
    public async ValueTask DisposeAsync()
    {
        await _gone.CancelAsync();
        await _stop.CancelAsync();
        await _work;
        await (_ending ?? Task.CompletedTask);
        _stop.Dispose();
        _gone.Dispose();
    }

    // The node notices once, as late as it is then.
    private void StopLater()
    {
        lock (_stopping)
        {
            _ending ??= _node.StopDelay > TimeSpan.Zero ? StopAfterAsync(_node.StopDelay) : _stop.CancelAsync();
        }
    }

    private async Task StopAfterAsync(TimeSpan delay)
    {
        await Task.Delay(delay, _node.Time, _gone.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        await _stop.CancelAsync();
    }

    private async Task RunAsync()
    {
        try
        {
            await BindAsync();
            if (_isBound)
            {
                await RunContainersAsync();
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // It is to go before it has come.
        }

        await DeleteAsync();
    }

    private async Task BindAsync()
    {
        while (true)
        {
            var seen = _changed.Version;
            var pod = _pod;
            if (pod.Text("spec", "nodeName") is { } name)
            {
                _isBound = name == _node.Options.Name;
                return;
            }

            if (pod.Items("spec", "schedulingGates").Any() || !PodScheduling.Fits(pod, _nodeObject()))
            {
                if (pod.Condition("PodScheduled") is null)
                {
                    var condition = PodStatus.Condition(pod, "PodScheduled", false, "Unschedulable", _node.Now());
                    var patch = new JsonObject { ["status"] = new JsonObject { ["conditions"] = new JsonArray(condition) } };
                    await TryAsync(() => _node.Api.PatchAsync($"{_path}/status", patch, _stop.Token));
                }

                await _changed.WaitAsync(seen, _stop.Token);
                continue;
            }

            await TryAsync(() => _node.Api.PostAsync($"{_path}/binding", Binding(pod), _stop.Token));
            await _changed.WaitAsync(seen, _stop.Token).WaitAsync(RetryInterval, _node.Time, _stop.Token)
                .ContinueWith(_ => { }, TaskScheduler.Default);
            _stop.Token.ThrowIfCancellationRequested();
        }
    }

    private JsonObject Binding(JsonObject pod) => new()
    {
        ["apiVersion"] = "v1",
        ["kind"] = "Binding",
        ["metadata"] = new JsonObject { ["name"] = pod.Name(), ["namespace"] = pod.Namespace(), ["uid"] = pod.Uid() },
        ["target"] = new JsonObject { ["apiVersion"] = "v1", ["kind"] = "Node", ["name"] = _node.Options.Name },
    };

    private async Task RunContainersAsync()
    {
        await Task.Delay(_node.StartDelay, _node.Time, _stop.Token);
        var folder = Directory.CreateDirectory(Path.Combine(_node.Folder, _pod.Uid())).FullName;
        await using var network = await PodNetwork.MakeAsync(_pod.Flag("spec", "hostNetwork"));
        var context = new PodContext(_node, _pod, network, folder);
        var restart = _pod.Text("spec", "restartPolicy") ?? "Always";
        var life = new PodLife(restart, Grace, _stop.Token, _gone.Token);
        var initialLife = life with { Restart = restart == "Never" ? "Never" : "OnFailure" };
        _initial = [.. _pod.Items("spec", "initContainers").Select(item => new ContainerRun(context, item, initialLife, _changed.Raise))];
        _containers = [.. _pod.Items("spec", "containers").Select(item => new ContainerRun(context, item, life, _changed.Raise))];
        using var done = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token);
        var status = WriteStatusAsync(context, done.Token);
        foreach (var run in _initial)
        {
            await run.RunAsync();
            if (run.State.End is not { ExitCode: 0 })
            {
                break;
            }
        }

        if (_initial.All(run => run.State.End is { ExitCode: 0 }))
        {
            await Task.WhenAll(_containers.Select(run => run.RunAsync()));
        }

        // One that has completed stays until somebody deletes it.
        await Task.Delay(Timeout.InfiniteTimeSpan, _node.Time, _stop.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        await done.CancelAsync();
        await status;
        Directory.Delete(folder, recursive: true);
    }

    private TimeSpan Grace()
    {
        var pod = _pod;
        var seconds = pod.Number("metadata", "deletionGracePeriodSeconds") ?? pod.Number("spec", "terminationGracePeriodSeconds") ?? 30;
        return _gone.IsCancellationRequested ? TimeSpan.Zero : TimeSpan.FromSeconds(seconds);
    }

    private async Task WriteStatusAsync(PodContext context, CancellationToken done)
    {
        var written = string.Empty;
        while (!done.IsCancellationRequested)
        {
            try
            {
                var seen = _changed.Version;
                var status = PodStatus.Write(context, _pod, _initial, _containers, _node.Now());
                var text = status.ToJsonString();
                if (text == written)
                {
                    await _changed.WaitAsync(seen, done);
                    continue;
                }

                await Task.Delay(_node.StatusDelay, _node.Time, done);
                if (await TryAsync(() => _node.Api.PatchAsync($"{_path}/status", status, done)))
                {
                    written = text;
                }
                else
                {
                    await Task.Delay(RetryInterval, _node.Time, done);
                }
            }
            catch (OperationCanceledException) when (done.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async Task DeleteAsync()
    {
        var options = new JsonObject { ["gracePeriodSeconds"] = 0, ["preconditions"] = new JsonObject { ["uid"] = _pod.Uid() } };
        while (_isBound && !_gone.IsCancellationRequested)
        {
            if (await TryAsync(() => _node.Api.DeleteAsync(_path, options, _gone.Token)))
            {
                return;
            }

            await Task.Delay(RetryInterval, _node.Time, _gone.Token).ContinueWith(_ => { }, TaskScheduler.Default);
        }
    }

    /// <summary>Makes a request. False when it must be made again later; what was refused for good counts as made.</summary>
    private static async Task<bool> TryAsync(Func<Task> request)
    {
        try
        {
            await request();
            return true;
        }
        catch (KubeApiException exception)
        {
            return exception.Status is HttpStatusCode.NotFound or HttpStatusCode.Conflict;
        }
        catch (Exception exception) when (exception is HttpRequestException or IOException or TaskCanceledException)
        {
            return false;
        }
    }
}
