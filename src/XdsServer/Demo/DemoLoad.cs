namespace XdsCanary.XdsServer.Demo;

/// <summary>
/// Sends requests at a steady rate, whether or not earlier ones have been answered, up to a number in flight; beyond it a
/// request is left out, not queued, so that a slow answer cannot slow the rate down. Thread-safe.
/// </summary>
internal sealed class DemoLoad : ILoadWindow, IAsyncDisposable
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan RequestLimit = TimeSpan.FromSeconds(5);

    private readonly CancellationTokenSource _stop = new();
    private readonly HttpMessageInvoker _client =
        new(new SocketsHttpHandler { UseProxy = false, UseCookies = false, AllowAutoRedirect = false });
    private readonly Uri _target;
    private readonly string _host;
    private readonly int _concurrency;
    private readonly SemaphoreSlim _slots;
    private readonly TimeProvider _time;
    private readonly Task _loop;
    private volatile Window _window = new();

    private DemoLoad(Uri target, string host, double rate, int concurrency, TimeProvider time)
    {
        _target = target;
        _host = host;
        _concurrency = concurrency;
        _slots = new SemaphoreSlim(concurrency);
        _time = time;
        _loop = RunAsync(rate);
    }

    /// <summary>Starts to send.</summary>
    /// <param name="target">The data plane's address.</param>
    /// <param name="host">The Host header.</param>
    /// <param name="rate">Requests per second.</param>
    /// <param name="concurrency">How many requests may be in flight.</param>
    /// <param name="time">The clock.</param>
    public static DemoLoad Start(Uri target, string host, double rate, int concurrency, TimeProvider time) =>
        new(target, host, rate, concurrency, time);

    /// <inheritdoc/>
    public void Reset() => _window = new Window();

    /// <inheritdoc/>
    public LoadCounts Read() => _window.Counts;

    /// <inheritdoc/>
    public Func<LoadCounts> Keep()
    {
        var window = _window;
        return () => window.Counts;
    }

    /// <summary>Stops sending, and waits for the requests in flight.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        for (var slot = 0; slot < _concurrency; slot++)
        {
            // Each request has a limit, so each slot comes free.
            await _slots.WaitAsync();
        }

        _client.Dispose();
        _slots.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(double rate)
    {
        using var timer = new PeriodicTimer(Tick, _time);
        var started = _time.GetTimestamp();
        var sent = 0L;
        try
        {
            while (await timer.WaitForNextTickAsync(_stop.Token))
            {
                for (var due = (long)(_time.GetElapsedTime(started).TotalSeconds * rate); sent < due; sent++)
                {
                    if (await _slots.WaitAsync(TimeSpan.Zero))
                    {
                        _ = SendAsync(_window);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The end was asked for.
        }
    }

    private async Task SendAsync(Window window)
    {
        var sentAt = _time.GetTimestamp();
        try
        {
            using var limit = new CancellationTokenSource(RequestLimit, _time);
            using var request = new HttpRequestMessage(HttpMethod.Get, _target);
            request.Headers.Host = _host;
            using var response = await _client.SendAsync(request, limit.Token);
            await response.Content.CopyToAsync(Stream.Null, limit.Token);
            response.Headers.TryGetValues(DemoUpstream.VersionHeader, out var versions);
            window.Add((int)response.StatusCode, versions?.FirstOrDefault(), sentAt);
        }
        catch (Exception)
        {
            // Whatever went wrong, for the count it is a request without an answer.
            window.Add(status: null, version: null, sentAt);
        }
        finally
        {
            _slots.Release();
        }
    }

    private sealed class Window
    {
        private readonly Lock _lock = new();
        private LoadCounts _counts = LoadCounts.None;

        public LoadCounts Counts
        {
            get
            {
                lock (_lock)
                {
                    return _counts;
                }
            }
        }

        public void Add(int? status, string? version, long sentAt)
        {
            lock (_lock)
            {
                _counts = _counts.With(status, version, sentAt);
            }
        }
    }
}
