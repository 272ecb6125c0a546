namespace XdsCanary.TestKit.Traffic;

/// <summary>
/// Load over HTTP/1.1 keep-alive connections. Strict: a request that a client with retries would have saved counts as failed.
/// </summary>
public sealed class TrafficClient : IAsyncDisposable
{
    private static readonly TimeSpan WatchInterval = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan PauseAfterError = TimeSpan.FromMilliseconds(10);

    private readonly TimeProvider _time = TimeProvider.System;
    private readonly TrafficOptions _options;
    private readonly TrafficTally _tally;
    private readonly TrafficConnection[] _connections;
    private readonly CancellationTokenSource _stop = new();
    private readonly long _limit;
    private readonly long _started;
    private readonly Task _load;
    private long _taken;

    private TrafficClient(TrafficOptions options, long limit)
    {
        _options = options;
        _limit = limit;
        _tally = new TrafficTally(_time);
        var request = options.WriteRequest();
        _connections = new TrafficConnection[options.Connections];
        for (var index = 0; index < _connections.Length; index++)
        {
            _connections[index] = new TrafficConnection(options, request, _tally, _time);
        }

        _started = _time.GetTimestamp();
        _load = RunAllAsync();
    }

    /// <summary>Starts a load that goes on until it is stopped.</summary>
    public static TrafficClient Start(TrafficOptions options) => new(options, long.MaxValue);

    /// <summary>Sends a number of requests.</summary>
    /// <returns>What became of them.</returns>
    public static async Task<TrafficReport> RunAsync(TrafficOptions options, long requests)
    {
        await using var client = new TrafficClient(options, requests);
        await client._load;
        return client.Report();
    }

    /// <summary>What has become of the requests so far.</summary>
    public TrafficReport Report() => _tally.Report();

    /// <summary>Waits until the load has got on by a number of requests from now.</summary>
    public Task AdvancesAsync(long requests, TimeSpan? timeout = null)
    {
        var goal = _tally.Requests + requests;
        return Eventually.BecomesAsync(() => _tally.Requests >= goal, timeout);
    }

    /// <summary>Lets the requests under way end, and stops.</summary>
    /// <returns>What became of all requests.</returns>
    public async Task<TrafficReport> StopAsync()
    {
        await _stop.CancelAsync();
        await _load;
        return Report();
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        _stop.Dispose();
        foreach (var connection in _connections)
        {
            connection.Dispose();
        }
    }

    private async Task RunAllAsync()
    {
        using var done = new CancellationTokenSource();
        var watch = WatchAsync(done.Token);
        await Task.WhenAll(_connections.Select(connection => Task.Run(() => RunAsync(connection))));
        await done.CancelAsync();
        await watch;
    }

    private async Task RunAsync(TrafficConnection connection)
    {
        while (!_stop.IsCancellationRequested)
        {
            var number = Interlocked.Increment(ref _taken);
            if (number > _limit)
            {
                return;
            }

            try
            {
                await PaceAsync(number);
                if (!await connection.AskAsync())
                {
                    // A closed port refuses a million connections a second; one hundred tell as much.
                    await Task.Delay(PauseAfterError, _time, _stop.Token);
                }
            }
            catch (OperationCanceledException) when (_stop.IsCancellationRequested)
            {
                return;
            }
        }
    }

    private async ValueTask PaceAsync(long number)
    {
        if (_options.RequestsPerSecond is not { } rate)
        {
            return;
        }

        // A request that is late goes out at once: the rate is kept on average, as clients do who do not wait for each other.
        var early = TimeSpan.FromSeconds(number / rate) - _time.GetElapsedTime(_started);
        if (early > TimeSpan.Zero)
        {
            await Task.Delay(early, _time, _stop.Token);
        }
    }

    private async Task WatchAsync(CancellationToken done)
    {
        using var timer = new PeriodicTimer(WatchInterval, _time);
        try
        {
            while (await timer.WaitForNextTickAsync(done))
            {
                foreach (var connection in _connections)
                {
                    connection.BreakIfOverdue();
                }
            }
        }
        catch (OperationCanceledException) when (done.IsCancellationRequested)
        {
            // The load has ended.
        }
    }
}
