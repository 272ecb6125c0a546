namespace XdsCanary.CanaryEngine.Delivery;

/// <summary>Counts what became of messages. Thread-safe.</summary>
public sealed class DeliveryCounts
{
    private long _sent;
    private long _failed;
    private long _dropped;

    /// <summary>Messages that their receiver took.</summary>
    public long Sent => Interlocked.Read(ref _sent);

    /// <summary>Messages that were given up after all attempts.</summary>
    public long Failed => Interlocked.Read(ref _failed);

    /// <summary>Messages that were never tried, because newer ones filled the queue.</summary>
    public long Dropped => Interlocked.Read(ref _dropped);

    internal void CountSent() => Interlocked.Increment(ref _sent);

    internal void CountFailed() => Interlocked.Increment(ref _failed);

    internal void CountDropped() => Interlocked.Increment(ref _dropped);
}
