using System.Threading.Tasks.Sources;

namespace XdsCanary.XdsServer.Streams;

/// <summary>
/// Wakes the one loop that waits on it. Conflating: any number of calls while the loop is busy wake it once. Allocates
/// nothing per wait, because a publish signals thousands of streams. <see cref="Set"/> may be called from anywhere;
/// <see cref="WaitAsync"/> by one loop only.
/// </summary>
internal sealed class AsyncSignal : IValueTaskSource
{
    private const int Idle = 0;
    private const int Signalled = 1;
    private const int Waiting = 2;

    private ManualResetValueTaskSourceCore<bool> _core = new() { RunContinuationsAsynchronously = true };
    private int _state;

    /// <summary>Wakes the loop, now or at its next wait.</summary>
    public void Set()
    {
        if (Interlocked.Exchange(ref _state, Signalled) == Waiting)
        {
            _core.SetResult(true);
        }
    }

    /// <summary>Completes when the signal was set since the last wait ended.</summary>
    public ValueTask WaitAsync()
    {
        _core.Reset();
        if (Interlocked.CompareExchange(ref _state, Waiting, Idle) == Idle)
        {
            return new ValueTask(this, _core.Version);
        }

        Rest();
        return ValueTask.CompletedTask;
    }

    /// <inheritdoc/>
    void IValueTaskSource.GetResult(short token)
    {
        _core.GetResult(token);
        Rest();
    }

    /// <inheritdoc/>
    ValueTaskSourceStatus IValueTaskSource.GetStatus(short token) => _core.GetStatus(token);

    /// <inheritdoc/>
    void IValueTaskSource.OnCompleted(
        Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
        _core.OnCompleted(continuation, state, token, flags);

    // What was signalled since is seen by the loop anyway: it reads everything anew after a wait. A full fence, because with a
    // plain write those reads could come before it, and a signal between the two would be lost.
    private void Rest() => Interlocked.Exchange(ref _state, Idle);
}
