namespace XdsCanary.DemoProxy.Stats;

/// <summary>The counters of the HTTP connection managers with one stat_prefix. Thread-safe.</summary>
internal sealed class DownstreamStats
{
    private long _total;

    /// <summary>Requests received.</summary>
    public long Total => Interlocked.Read(ref _total);

    /// <summary>The answers by status code.</summary>
    public StatusCounts Statuses { get; } = new();

    /// <summary>Counts a request.</summary>
    public void Received() => Interlocked.Increment(ref _total);
}
