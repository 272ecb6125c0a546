using XdsCanary.TestKit.Traffic;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>
/// Load through all Envoys of a machine, which listen on one port: the kernel deals out connections, and they are made anew every
/// two seconds. Strict, but for what a killed Envoy tears: see <see cref="KillAsync"/>.
/// </summary>
internal sealed class ChaosLoad : IAsyncDisposable
{
    private const int Connections = 4;
    private const int RequestsPerRound = 100;

    // A connection in use breaks, and the one made after it may have been queued at the dead one's socket.
    private const int TornByKill = 2 * Connections;

    private readonly Lock _gate = new();
    private readonly List<(TimeSpan From, TimeSpan To)> _kills = [];
    private readonly List<(TimeSpan From, TimeSpan To, TrafficReport Report)> _rounds = [];
    private readonly TrafficOptions _options;
    private readonly long _started = TimeProvider.System.GetTimestamp();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    private ChaosLoad(TrafficOptions options)
    {
        _options = options with { Connections = Connections, RequestsPerSecond = 50 };
        _loop = Task.Run(RunAsync);
    }

    private TimeSpan Now => TimeProvider.System.GetElapsedTime(_started);

    /// <summary>Starts a load that goes on until it is stopped.</summary>
    public static ChaosLoad Start(TrafficOptions options) => new(options);

    /// <summary>Kills an Envoy: connections that break meanwhile are its own, at most as many as there can be.</summary>
    /// <param name="kill">Ends when its process is gone.</param>
    public async Task KillAsync(Func<Task> kill)
    {
        var from = Now;
        await kill();
        lock (_gate)
        {
            _kills.Add((from, Now));
        }
    }

    /// <summary>Ends the load.</summary>
    /// <returns>How many requests there were, how many a killed Envoy tore, and the failures that it did not, each with its time.</returns>
    public async Task<(long Requests, long Torn, IReadOnlyList<string> Failures)> StopAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        var (requests, torn, failures) = (0L, 0L, new List<string>());
        foreach (var (from, to, report) in _rounds)
        {
            requests += report.Requests;
            var withoutAnswer = report.Requests - report.ByStatus.Values.Sum();
            var allowed = TornByKill * _kills.Count(kill => kill.To >= from && kill.From <= to);
            var excused = Math.Min(withoutAnswer, allowed);
            torn += excused;
            if (report.Failed > excused)
            {
                failures.Add($"at {from.TotalSeconds:0.0} to {to.TotalSeconds:0.0} s: {report}");
            }
        }

        return (requests, torn, failures);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
    }

    private async Task RunAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            var from = Now;
            var report = await TrafficClient.RunAsync(_options, RequestsPerRound);
            _rounds.Add((from, Now, report));
        }
    }
}
