using System.Collections.Concurrent;

namespace XdsCanary.CanaryEngine.Tests.Webhooks;

/// <summary>A clock for which every wait is over at once and remembered, except for waits that are time limits: those never end.</summary>
internal sealed class InstantTime(params TimeSpan[] limits) : TimeProvider
{
    public ConcurrentQueue<TimeSpan> Waits { get; } = new();

    public override DateTimeOffset GetUtcNow() => new(2026, 1, 2, 3, 4, 5, 678, TimeSpan.Zero);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        if (limits.Contains(dueTime) || dueTime == Timeout.InfiniteTimeSpan)
        {
            return base.CreateTimer(callback, state, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }

        Waits.Enqueue(dueTime);
        return base.CreateTimer(callback, state, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
    }
}
