namespace XdsCanary.KubeRuntime.Api;

/// <summary>The time that one call may take: its token ends with the caller's or when the time is over. Dispose it with the call.</summary>
internal sealed class CallLimit : IDisposable
{
    private readonly CancellationTokenSource _timer;
    private readonly CancellationTokenSource _linked;

    /// <summary>Starts to count.</summary>
    /// <param name="longest">The time that the call may take.</param>
    /// <param name="time">The clock.</param>
    /// <param name="caller">Ends the call before.</param>
    public CallLimit(TimeSpan longest, TimeProvider time, CancellationToken caller)
    {
        _timer = new CancellationTokenSource(longest, time);
        _linked = CancellationTokenSource.CreateLinkedTokenSource(caller, _timer.Token);
    }

    /// <summary>Ends when the caller gives up, or the time is over.</summary>
    public CancellationToken Token => _linked.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _linked.Dispose();
        _timer.Dispose();
    }
}
