using System.Threading.Channels;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Records events of canaries in the cluster, one after another and beside everything else. One that repeats the canary's last is
/// counted in it. A queue that is full drops the oldest: events explain, they decide nothing. Thread-safe.
/// </summary>
/// <param name="objects">The cluster.</param>
/// <param name="instance">The replica that tells them.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class EventRecorder(ClusterObjects objects, string instance, TimeProvider time, ILogger<EventRecorder> logger)
    : BackgroundService
{
    private const int Attempts = 5;
    private const int QueueLength = 4096;

    // What is told again later than this is told as something new, as the API asks for.
    private static readonly TimeSpan SeriesLength = TimeSpan.FromMinutes(6);
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan DrainLimit = TimeSpan.FromSeconds(3);

    private readonly Channel<(NamespacedName Key, CanaryEvent Told)> _queue =
        Channel.CreateBounded<(NamespacedName, CanaryEvent)>(new BoundedChannelOptions(QueueLength)
        {
            FullMode = BoundedChannelFullMode.DropOldest,
            SingleReader = true,
        });

    private readonly Dictionary<NamespacedName, Series> _last = [];
    private long _sequence;

    /// <summary>Hands an event over, if this replica is the one to tell it. Returns at once.</summary>
    /// <param name="key">The canary.</param>
    /// <param name="told">What happened.</param>
    public void Record(NamespacedName key, CanaryEvent told)
    {
        if (objects.IsInCharge)
        {
            _queue.Writer.TryWrite((key, told));
        }
    }

    /// <inheritdoc/>
    public override async Task StopAsync(CancellationToken cancellationToken)
    {
        _queue.Writer.TryComplete();
        if (ExecuteTask is { } running)
        {
            using var limit = new CancellationTokenSource(DrainLimit, time);
            await running.WaitAsync(limit.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        await base.StopAsync(cancellationToken);
    }

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        await foreach (var (key, told) in _queue.Reader.ReadAllAsync(stoppingToken))
        {
            for (var attempt = 1; !await TryRecordAsync(key, told, isLast: attempt == Attempts, stoppingToken) && attempt < Attempts; attempt++)
            {
                await Task.Delay(Retry, time, stoppingToken);
            }
        }
    }

    private async Task<bool> TryRecordAsync(NamespacedName key, CanaryEvent told, bool isLast, CancellationToken cancellationToken)
    {
        if (objects.Find(ClusterKinds.Canaries, key) is not { } canary)
        {
            _last.Remove(key);
            return true;
        }

        try
        {
            await RecordAsync(canary, told, cancellationToken);
            return true;
        }
        catch (KubeException exception) when (exception.Fault is KubeFault.NotFound or KubeFault.Invalid or KubeFault.Forbidden || isLast)
        {
            logger.EventNotRecorded(key, exception.Message);
            _last.Remove(key);
            return true;
        }
        catch (KubeException)
        {
            return false;
        }
    }

    private async Task RecordAsync(SourceObject canary, CanaryEvent told, CancellationToken cancellationToken)
    {
        var key = canary.Key.Name;
        if (_last.TryGetValue(key, out var last) && last.Text == told.Text && told.Last - last.At < SeriesLength)
        {
            await objects.MergeAsync(
                ClusterKinds.Events, last.Event, EventJson.Again(last.Count + 1, told.Last), cancellationToken);
            _last[key] = last with { Count = last.Count + 1, At = told.Last };
            return;
        }

        var body = EventJson.New(canary, told, instance, _sequence++);
        var name = new NamespacedName(key.Namespace, (string)body["metadata"]!["name"]!);
        await objects.CreateAsync(ClusterKinds.Events, key.Namespace, body, cancellationToken);
        _last[key] = new Series(name, told.Text, 1, told.Last);
    }

    private sealed record Series(NamespacedName Event, string Text, int Count, DateTimeOffset At);
}
