namespace XdsCanary.XdsServer.Ingest;

/// <summary>
/// Decides when to rebuild after changes. A change with no rebuild, nor the rest after one, in the hold-off before it is a lone
/// one and taken at once; a rebuild that changed nothing does not count, for statuses are written all the time. In a burst the
/// rebuild waits until changes pause for the hold-off, but never longer than the maximum, so that related edits (a Service and the
/// split that names it) are seen together and a stream of edits still gets through. In a mesh so large that a rebuild takes longer
/// than that, rebuilds rest three times as long as they take, up to a second, for the machine has streams and canaries to serve
/// beside them. Immutable; times are on any one monotonic clock.
/// </summary>
/// <param name="HoldOff">How long changes must pause.</param>
/// <param name="MaxHoldOff">How long a change may wait in all.</param>
internal sealed record RebuildScheduler(TimeSpan HoldOff, TimeSpan MaxHoldOff)
{
    private const int RestPerWork = 3;

    private static readonly TimeSpan LongestRest = TimeSpan.FromSeconds(1);

    /// <summary>When the last rebuild started, those left out that changed nothing; null before the first.</summary>
    public TimeSpan? LastRebuild { get; init; }

    /// <summary>When the one before that started.</summary>
    public TimeSpan? RebuildBefore { get; init; }

    /// <summary>When the oldest change came that no rebuild has seen; null for none.</summary>
    public TimeSpan? FirstPending { get; init; }

    /// <summary>Until when the last rebuild is rested from.</summary>
    public TimeSpan RestedAt { get; init; }

    /// <summary>When to rebuild; null while there is nothing to do.</summary>
    public TimeSpan? Due { get; init; }

    /// <summary>Notes a change.</summary>
    /// <param name="now">When it came.</param>
    public RebuildScheduler Changed(TimeSpan now)
    {
        var first = FirstPending ?? now;
        // Under load there is always a change that waited for the last rebuild to end: one of a burst.
        var isLone = FirstPending is null && now >= RestedAt && (LastRebuild is not { } last || now - last >= HoldOff);
        var due = isLone ? now : Min(now + HoldOff, first + MaxHoldOff);
        return this with { FirstPending = first, Due = due > RestedAt ? due : RestedAt };
    }

    /// <summary>Notes that a rebuild starts, which sees every change up to now.</summary>
    /// <param name="now">When it starts.</param>
    public RebuildScheduler Rebuilt(TimeSpan now) =>
        this with { LastRebuild = now, RebuildBefore = LastRebuild, FirstPending = null, Due = null };

    /// <summary>Notes that the rebuild that started last has ended.</summary>
    /// <param name="now">When it ended.</param>
    public RebuildScheduler Ended(TimeSpan now) =>
        this with { RestedAt = now + Min((now - (LastRebuild ?? now)) * RestPerWork, LongestRest) };

    /// <summary>Notes that the rebuild that started last has ended and changed nothing of what is served.</summary>
    /// <param name="now">When it ended.</param>
    public RebuildScheduler EndedInVain(TimeSpan now) => Ended(now) with { LastRebuild = RebuildBefore };

    /// <summary>How long to wait for the next rebuild; zero once it is due, null while there is nothing to do.</summary>
    /// <param name="now">The time, read once: a clock read twice may pass the due time in between.</param>
    public TimeSpan? Wait(TimeSpan now) => Due is not { } due ? null : due > now ? due - now : TimeSpan.Zero;

    private static TimeSpan Min(TimeSpan left, TimeSpan right) => left < right ? left : right;
}
