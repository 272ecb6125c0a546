using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using XdsCanary.TestKit.Cluster.Pods;
using XdsCanary.TestKit.Processes;

namespace XdsCanary.TestKit.Cluster;

/// <summary>
/// Scheduler and kubelet of the only node of a cluster: binds pods, and runs their containers as local processes with an
/// address for each pod. Follows the API server through its restarts. Thread-safe.
/// </summary>
public sealed class NodeAgent : IAsyncDisposable
{
    /// <summary>The variable by which a pod's processes are known; its value is <c>namespace/name</c>.</summary>
    public const string PodVariable = "XDSCANARY_TEST_POD";

    private readonly ConcurrentDictionary<string, PodRun> _pods = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, Task> _endings = new(StringComparer.Ordinal);
    private readonly TemporaryFolder _folder = new();
    private readonly NodeContext _context;
    private readonly ResourceFollower _follower;
    private volatile JsonObject _node;

    private NodeAgent(KubeApi api, string certificateFile, NodeOptions options, JsonObject node)
    {
        _context = new NodeContext(api, options, _folder.FullPath, certificateFile);
        _node = node;
        _follower = new ResourceFollower(api, "/api/v1/pods", Look);
    }

    /// <summary>What it can run; may be changed at any time.</summary>
    public ImageTable Images => _context.Options.Images;

    /// <summary>How long it takes from a pod's binding to the start of its containers; may be changed at any time.</summary>
    public TimeSpan StartDelay
    {
        get => _context.StartDelay;
        set => _context.StartDelay = value;
    }

    /// <summary>How long it takes until it begins to end a pod that is to go; may be changed at any time.</summary>
    public TimeSpan StopDelay
    {
        get => _context.StopDelay;
        set => _context.StopDelay = value;
    }

    /// <summary>How long it takes before it writes a pod's status; may be changed at any time.</summary>
    public TimeSpan StatusDelay
    {
        get => _context.StatusDelay;
        set => _context.StatusDelay = value;
    }

    /// <summary>Adds the node to a cluster, and begins to work.</summary>
    public static async Task<NodeAgent> StartAsync(ControlPlane plane, NodeOptions options)
    {
        var node = await NodeObject.CreateAsync(plane.Api, options);
        return new NodeAgent(plane.Api, plane.CertificateFile, options, node);
    }

    /// <summary>The process ids of all containers that run in a namespace.</summary>
    public IReadOnlyList<int> ProcessIdsOf(string place) =>
    [
        .. _pods.Values.Where(pod => pod.Pod.Namespace() == place)
            .SelectMany(pod => pod.Containers)
            .Select(run => run.Process)
            .OfType<ChildProcess>()
            .Select(process => process.Id),
    ];

    /// <summary>What a container has printed since it was started last; null before it was.</summary>
    public string? LogOf(string place, string pod, string? container = null) => Run(place, pod, container)?.Log?.Tail(1000);

    /// <summary>Ends a container's process at once, as if it had crashed.</summary>
    public Task CrashAsync(string place, string pod, string? container = null) =>
        Run(place, pod, container)?.Process?.KillAsync() ?? Task.CompletedTask;

    /// <summary>Stops a container's process where it is, or lets it go on.</summary>
    public void Freeze(string place, string pod, bool isFrozen)
    {
        var process = Run(place, pod, null)?.Process;
        if (isFrozen)
        {
            process?.Freeze();
        }
        else
        {
            process?.Thaw();
        }
    }

    /// <summary>Sets a label of the node, or takes it away with null; pods that wait for it are bound.</summary>
    public async Task LabelAsync(string name, string? value)
    {
        var patch = new JsonObject { ["metadata"] = new JsonObject { ["labels"] = new JsonObject { [name] = value } } };
        _node = await _context.Api.PatchAsync($"/api/v1/nodes/{_context.Options.Name}", patch);
        foreach (var pod in _pods.Values)
        {
            pod.LookAgain();
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _follower.DisposeAsync();
        await Task.WhenAll([.. _pods.Values.Select(pod => pod.DisposeAsync().AsTask()), .. _endings.Values]);
        _folder.Dispose();
    }

    private ContainerRun? Run(string place, string pod, string? container) => _pods.Values
        .Where(run => run.Pod.Namespace() == place && run.Pod.Name() == pod)
        .SelectMany(run => run.Containers)
        .FirstOrDefault(run => container is null || run.Container.Text("name") == container);

    private async Task EndAsync(string uid, PodRun pod)
    {
        await Task.Yield();
        await pod.DisposeAsync();
        _endings.TryRemove(uid, out _);
    }

    private void Look(string uid, JsonObject? pod)
    {
        if (pod is null)
        {
            if (_pods.TryRemove(uid, out var gone))
            {
                _endings[uid] = EndAsync(uid, gone);
            }
        }
        else if (_pods.TryGetValue(uid, out var known))
        {
            known.See(pod);
        }
        else
        {
            _pods[uid] = new PodRun(_context, pod, () => _node);
        }
    }
}
