using System.ComponentModel;
using System.Text.Json.Nodes;
using XdsCanary.TestKit.Processes;

namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>
/// One container from its first start to its last end: waits for its image and its configuration, runs its process, probes it,
/// starts it again with a growing pause, and ends it with the grace that the pod grants.
/// </summary>
/// <param name="context">The pod.</param>
/// <param name="container">The container as the pod has it.</param>
/// <param name="life">How long it is to run.</param>
/// <param name="changed">Told after each change of <see cref="State"/>.</param>
internal sealed class ContainerRun(PodContext context, JsonObject container, PodLife life, Action changed)
{
    private static readonly TimeSpan RetryInterval = TimeSpan.FromSeconds(1);

    private readonly TimeProvider _time = context.Node.Time;
    private volatile ContainerState _state = ContainerState.Creating;
    private volatile ChildProcess? _process;

    /// <summary>The container as the pod has it.</summary>
    public JsonObject Container { get; } = container;

    /// <summary>What is to be said of it.</summary>
    public ContainerState State => _state;

    /// <summary>Its process; null while there is none.</summary>
    public ChildProcess? Process => _process;

    /// <summary>Runs it until it is stopped, or has ended for good.</summary>
    public async Task RunAsync()
    {
        var stop = life.Stop;
        try
        {
            var backoff = TimeSpan.Zero;
            while (true)
            {
                var launch = await PrepareAsync(stop);
                var started = _time.GetTimestamp();
                var code = await RunOnceAsync(launch);
                if (stop.IsCancellationRequested || life.Restart == "Never" || (life.Restart == "OnFailure" && code == 0))
                {
                    return;
                }

                backoff = _time.GetElapsedTime(started) > context.Node.Options.LastBackoff ? TimeSpan.Zero : backoff;
                await BackOffAsync(backoff, stop);
                backoff = backoff == TimeSpan.Zero
                    ? context.Node.Options.FirstBackoff
                    : TimeSpan.FromTicks(Math.Min(backoff.Ticks * 2, context.Node.Options.LastBackoff.Ticks));
            }
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // It was not running.
        }
    }

    private async Task<ContainerLaunch> PrepareAsync(CancellationToken stop)
    {
        var image = Container.Text("image") ?? string.Empty;
        for (var tries = 0; ; tries++)
        {
            try
            {
                if (context.Node.Options.Images.Find(image) is { } program)
                {
                    return await ContainerLaunch.PrepareAsync(context, Container, program, stop);
                }

                Wait(tries == 0 ? "ErrImagePull" : "ImagePullBackOff", $"no program stands for image \"{image}\" on this node");
            }
            catch (ConfigMissingException exception)
            {
                Wait("CreateContainerConfigError", exception.Message);
            }
            catch (FileNotFoundException exception)
            {
                Wait("RunContainerError", exception.Message);
            }
            catch (Exception exception) when (exception is HttpRequestException or KubeApiException or TaskCanceledException && !stop.IsCancellationRequested)
            {
                // The API server is away for a moment: as long as it is, nothing can be said of it either.
            }

            await Task.Delay(RetryInterval, _time, stop);
        }
    }

    private async Task<int> RunOnceAsync(ContainerLaunch launch)
    {
        var startedAt = context.Node.Now();
        ChildProcess process;
        try
        {
            process = launch.Start();
        }
        catch (Win32Exception exception)
        {
            Set(_state with { Waiting = null, End = new ContainerEnd(128, "StartError", exception.Message, startedAt, startedAt) });
            return 128;
        }

        await using var owned = process;
        _process = process;
        var hasStartup = Container.At("startupProbe") is not null;
        var isReady = !hasStartup && Container.At("readinessProbe") is null;
        Set(_state with { Waiting = null, Message = string.Empty, End = null, StartedAt = startedAt, IsStarted = !hasStartup, IsReady = isReady });
        using var ended = new CancellationTokenSource();
        var unhealthy = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var probes = ProbeAsync(launch, unhealthy, ended.Token);
        var exited = process.ExitedAsync(CancellationToken.None);
        var stopped = Task.Delay(Timeout.InfiniteTimeSpan, _time, life.Stop);
        if (await Task.WhenAny(exited, unhealthy.Task, stopped) != exited)
        {
            await EndAsync(launch, process, exited);
        }

        var code = await exited;
        process.KillGroup();
        _process = null;
        await ended.CancelAsync();
        await probes;
        var end = new ContainerEnd(code, code == 0 ? "Completed" : "Error", string.Empty, startedAt, context.Node.Now());
        Set(_state with { End = end, IsReady = false, IsStarted = false });
        return code;
    }

    private async Task BackOffAsync(TimeSpan pause, CancellationToken stop)
    {
        var last = _state.End;
        if (pause > TimeSpan.Zero)
        {
            Set(_state with { Waiting = "CrashLoopBackOff", Message = $"back-off {pause.TotalSeconds:0.#}s restarting failed container", End = null, LastEnd = last });
            await Task.Delay(pause, _time, stop);
        }

        _state = _state with { LastEnd = last, Restarts = _state.Restarts + 1 };
    }

    private async Task EndAsync(ContainerLaunch launch, ChildProcess process, Task<int> exited)
    {
        using var grace = new CancellationTokenSource(life.Grace(), _time);
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(grace.Token, life.Gone);
        try
        {
            if (Container.At("lifecycle", "preStop") is { } hook)
            {
                await PreStopAsync(launch, hook, limit.Token);
            }

            process.Terminate();
            await exited.WaitAsync(limit.Token);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested)
        {
            process.KillGroup();

            // It leads no group in the first moment of its life.
            await process.KillAsync();
        }
    }

    private async Task PreStopAsync(ContainerLaunch launch, JsonNode hook, CancellationToken limit)
    {
        if (hook.Number("sleep", "seconds") is { } seconds)
        {
            await Task.Delay(TimeSpan.FromSeconds(seconds), _time, limit);
        }
        else if (hook.At("exec") is { } exec)
        {
            await using var child = launch.Start(exec.Texts("command"));
            await child.ExitedAsync(limit);
        }
        else
        {
            await new ContainerProbe(context, Container, hook, launch).AskAsync(limit);
        }
    }

    private async Task ProbeAsync(ContainerLaunch launch, TaskCompletionSource unhealthy, CancellationToken ended)
    {
        try
        {
            if (Loop(launch, "startupProbe", context.Node.Options.FirstProbeInterval) is { } startup)
            {
                await startup.RunAsync(
                    isGood =>
                    {
                        _ = isGood || unhealthy.TrySetResult();
                        return false;
                    },
                    ended);
                Set(_state with { IsStarted = true, IsReady = Container.At("readinessProbe") is null });
            }

            var readiness = Loop(launch, "readinessProbe", context.Node.Options.FirstProbeInterval)?.RunAsync(
                isGood =>
                {
                    Set(_state with { IsReady = isGood });
                    return true;
                },
                ended);
            var liveness = Loop(launch, "livenessProbe", null)?.RunAsync(isGood => isGood || !unhealthy.TrySetResult(), ended);
            await Task.WhenAll(readiness ?? Task.CompletedTask, liveness ?? Task.CompletedTask);
        }
        catch (OperationCanceledException) when (ended.IsCancellationRequested)
        {
            // The process has ended.
        }
    }

    private ProbeLoop? Loop(ContainerLaunch launch, string field, TimeSpan? firstInterval) => Container.At(field) is { } probe
        ? new ProbeLoop(new ContainerProbe(context, Container, probe, launch), _time) { FirstInterval = firstInterval }
        : null;

    private void Wait(string reason, string message) => Set(_state with { Waiting = reason, Message = message });

    // One loop at a time changes the state: that of the process, or while it runs that of its probes.
    private void Set(ContainerState state)
    {
        if (state != _state)
        {
            _state = state;
            changed();
        }
    }
}
