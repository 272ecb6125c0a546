using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Observability;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>
/// The way of every change: waits for the object source, reads the objects into a mesh, hands it to the publisher. The first
/// snapshot is published before the server accepts a stream. A rebuild that fails leaves what is served as it is.
/// </summary>
/// <param name="source">The objects.</param>
/// <param name="publisher">Publishes snapshots.</param>
/// <param name="reports">Receives what became of each object.</param>
/// <param name="options">Choices of reading and of timing.</param>
/// <param name="metrics">The server's metrics.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class MeshStateLoop(
    IObjectSource source,
    SnapshotPublisher publisher,
    MeshReports reports,
    RebuildOptions options,
    XdsMetrics metrics,
    TimeProvider time,
    ILogger<MeshStateLoop> logger) : BackgroundService
{
    private readonly long _epoch = time.GetTimestamp();
    private MeshAssembly? _assembly;
    private ImmutableHashSet<ObjectProblem> _known = [];

    private TimeSpan Now => time.GetElapsedTime(_epoch);

    /// <summary>Waits for the source's first full read and publishes the first snapshot, then starts the loop.</summary>
    /// <param name="cancellationToken">Gives up starting.</param>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await source.WhenSyncedAsync(cancellationToken);

        Rebuild(source.Current);
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var scheduler = new RebuildScheduler(options.HoldOff, options.MaxHoldOff).Rebuilt(Now);
        var seen = source.Changed.Version;
        if (!ReferenceEquals(reports.Objects, source.Current))
        {
            scheduler = scheduler.Changed(Now);
        }

        while (true)
        {
            var change = source.Changed.WaitAsync(seen, stoppingToken);
            if (scheduler.Wait(Now) is { } wait)
            {
                await Task.WhenAny(change, Task.Delay(wait, time, stoppingToken));
            }
            else
            {
                await change;
            }

            stoppingToken.ThrowIfCancellationRequested();
            if (source.Changed.Version is var version && version != seen)
            {
                seen = version;
                scheduler = scheduler.Changed(Now);
            }

            if (scheduler.Due <= Now)
            {
                scheduler = scheduler.Rebuilt(Now);
                scheduler = Rebuild(source.Current) ? scheduler.Ended(Now) : scheduler.EndedInVain(Now);
            }
        }
    }

    // True when what is served has changed.
    private bool Rebuild(ObjectSet objects)
    {
        try
        {
            var next = MeshAssembler.Assemble(_assembly, objects, options.Mesh);
            var changed = !ReferenceEquals(next.State, _assembly?.State);
            if (changed)
            {
                publisher.Publish(next.State);
            }
            else
            {
                logger.RebuildSkipped(objects.Revision);
            }

            // Only now: a publish that failed is tried again with the next change, whatever that is.
            _assembly = next;
            metrics.Rebuilt(changed ? "published" : "skipped");
            reports.Replace(objects, next);
            LogProblems();
            return changed;
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            metrics.Rebuilt("failed");
            logger.RebuildFailed(fault, objects.Revision);
            return false;
        }
    }

    // A fault is told when it appears and when it is gone, not on every rebuild in between.
    private void LogProblems()
    {
        ImmutableHashSet<ObjectProblem> problems = [.. reports.Problems];
        metrics.ObjectProblems.Set(problems.Count);
        foreach (var problem in problems.Except(_known))
        {
            logger.ObjectFaulty(problem);
        }

        foreach (var problem in _known.Except(problems))
        {
            logger.ObjectMended(problem);
        }

        _known = problems;
    }
}
