namespace XdsCanary.DemoProxy.Stats;

/// <summary>The counters of one cluster, under its name in statistics. Thread-safe.</summary>
internal sealed class ClusterStats
{
    private long _total;
    private long _completed;
    private long _timedOut;

    /// <summary>Requests sent to an endpoint.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>Requests that were answered, by the endpoint or in its place.</summary>
    public long Completed => Interlocked.Read(ref _completed);

    /// <summary>Requests that ran into the route's timeout.</summary>
    public long TimedOut => Interlocked.Read(ref _timedOut);

    /// <summary>The answers by status code.</summary>
    public StatusCounts Statuses { get; } = new();

    /// <summary>The times from sending a request to the end of its answer, in milliseconds.</summary>
    public Histogram Time { get; } = new();

    /// <summary>Counts a request that is being sent.</summary>
    public void Started() => Interlocked.Increment(ref _total);

    /// <summary>Counts an answer.</summary>
    /// <param name="status">The status code.</param>
    /// <param name="elapsed">The time that an endpoint took; null when none was asked.</param>
    public void Answered(int status, TimeSpan? elapsed)
    {
        Interlocked.Increment(ref _completed);
        Statuses.Record(status);
        if (elapsed is { } time)
        {
            Time.Record(time.TotalMilliseconds);
        }
    }

    /// <summary>Counts a request that ran into the route's timeout.</summary>
    public void RanOutOfTime() => Interlocked.Increment(ref _timedOut);
}
