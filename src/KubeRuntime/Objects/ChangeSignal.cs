namespace XdsCanary.KubeRuntime.Objects;

/// <summary>
/// Tells any number of waiters that a value was replaced. Conflating: a waiter that was busy sees one change for many.
/// Thread-safe.
/// </summary>
public sealed class ChangeSignal
{
    private TaskCompletionSource _next = NewSource();
    private long _version;

    /// <summary>How often the signal was raised. Read it before the value that it guards, pass it to <see cref="WaitAsync"/>.</summary>
    public long Version => Volatile.Read(ref _version);

    /// <summary>Wakes all waiters. Call it after the new value is visible.</summary>
    public void Raise()
    {
        Interlocked.Increment(ref _version);
        Interlocked.Exchange(ref _next, NewSource()).TrySetResult();
    }

    /// <summary>Completes when the signal has been raised since <paramref name="seen"/> was read.</summary>
    /// <param name="seen">A value of <see cref="Version"/>.</param>
    /// <param name="cancellationToken">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    /// <returns>A task that completes on the next change, or at once if there was one already.</returns>
    public Task WaitAsync(long seen, CancellationToken cancellationToken)
    {
        var next = Volatile.Read(ref _next);
        return Version != seen ? Task.CompletedTask : next.Task.WaitAsync(cancellationToken);
    }

    private static TaskCompletionSource NewSource() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
