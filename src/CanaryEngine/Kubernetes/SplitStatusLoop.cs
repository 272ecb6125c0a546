using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Leadership;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Says on TrafficSplit objects what became of them. The leader writes, twenty statuses a second at most: nothing waits for them, and a
/// burst of them would keep a weight waiting that is changed meanwhile.
/// </summary>
/// <param name="verdicts">What became of them.</param>
/// <param name="objects">The cluster.</param>
/// <param name="leadership">Tells whether this replica may write.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class SplitStatusLoop(
    ISplitVerdicts verdicts, ClusterObjects objects, ILeadership leadership, TimeProvider time, ILogger<SplitStatusLoop> logger)
    : BackgroundService
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan Pace = TimeSpan.FromMilliseconds(50);

    // Of each split the verdict that its object is known to say, so that most need no look.
    private readonly Dictionary<NamespacedName, (SplitVerdict Verdict, SourceObject Object)> _said = [];

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var (seen, seenLeader) = (verdicts.Changed.Version, leadership.Changed.Version);
            var isDone = !leadership.MayWrite || await WriteAllAsync(stoppingToken);
            await Task.Delay(Pause, time, stoppingToken);
            if (isDone)
            {
                using var enough = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
                await Task.WhenAny(
                    verdicts.Changed.WaitAsync(seen, enough.Token), leadership.Changed.WaitAsync(seenLeader, enough.Token));
                await enough.CancelAsync();
                stoppingToken.ThrowIfCancellationRequested();
            }
        }
    }

    // False when something is left to write.
    private async Task<bool> WriteAllAsync(CancellationToken cancellationToken)
    {
        var current = verdicts.Current.ToList();
        foreach (var gone in _said.Keys.Except(current.Select(verdict => verdict.Name)).ToList())
        {
            _said.Remove(gone);
        }

        foreach (var verdict in current)
        {
            if (!await WriteAsync(verdict, cancellationToken))
            {
                return false;
            }
        }

        return true;
    }

    private async Task<bool> WriteAsync(SplitVerdict verdict, CancellationToken cancellationToken)
    {
        // The verdict on another generation than the one that is there is about to be replaced.
        if (objects.FindSplit(verdict.Name) is not { } split || split.Generation != verdict.Generation
            || objects.Mesh.Served(ClusterKinds.SplitGroup, ClusterKinds.Split) is not { } resource
            || (_said.TryGetValue(verdict.Name, out var said) && said.Verdict == verdict && ReferenceEquals(said.Object, split)))
        {
            return true;
        }

        try
        {
            if (SplitStatus.Next(ObjectJson.Part(split, "status"), verdict, time.GetUtcNow()) is { } status)
            {
                split = await objects.ReplaceStatusAsync(resource, split, status, cancellationToken);
                await Task.Delay(Pace, time, cancellationToken);
            }
        }
        catch (KubeException exception) when (exception.Fault == KubeFault.Unavailable)
        {
            return false;
        }
        catch (KubeException exception)
        {
            // Gone meanwhile, or of a definition without status: said once for each version of the object.
            logger.StatusRefused(verdict.Name, exception.Message);
        }

        _said[verdict.Name] = (verdict, split);
        return true;
    }
}
