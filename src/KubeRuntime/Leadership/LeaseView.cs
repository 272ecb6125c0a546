namespace XdsCanary.KubeRuntime.Leadership;

/// <summary>
/// What a replica knows of the lease. Times are on this replica's own monotonic clock: when a record was first seen, not when its
/// holder says it wrote it, so that clocks of machines need not agree. Immutable and pure.
/// </summary>
internal sealed record LeaseView
{
    /// <summary>The holder in the record; empty for none.</summary>
    public string Holder { get; init; } = string.Empty;

    /// <summary>The record's version.</summary>
    public string Version { get; init; } = string.Empty;

    /// <summary>How long the record says that it lasts.</summary>
    public TimeSpan Duration { get; init; }

    /// <summary>When this version was first seen.</summary>
    public TimeSpan SeenAt { get; init; }

    /// <summary>How often the holder changed.</summary>
    public int Transitions { get; init; }

    /// <summary>Takes over a record that was read.</summary>
    /// <param name="holder">Its holder.</param>
    /// <param name="version">Its version.</param>
    /// <param name="duration">How long it lasts.</param>
    /// <param name="transitions">How often the holder changed.</param>
    /// <param name="now">The time.</param>
    public LeaseView Read(string holder, string version, TimeSpan duration, int transitions, TimeSpan now) => new()
    {
        Holder = holder,
        Version = version,
        Duration = duration,
        Transitions = transitions,
        SeenAt = version == Version ? SeenAt : now,
    };

    /// <summary>
    /// There is no record. Whoever was seen to hold one may not have noticed yet, and keeps for as long as its lease lasts.
    /// </summary>
    /// <param name="now">The time.</param>
    public LeaseView Missing(TimeSpan now) => Read(Holder, string.Empty, Duration, Transitions, now);

    /// <summary>Whether a replica may take the lease.</summary>
    /// <param name="identity">The replica.</param>
    /// <param name="now">The time.</param>
    public bool IsFree(string identity, TimeSpan now) =>
        Holder.Length == 0 || Holder == identity || now >= SeenAt + Duration;

    /// <summary>Whether somebody else held the lease since a record was written.</summary>
    /// <param name="written">The record.</param>
    public bool WasTakenSince(LeaseView written) => Holder != written.Holder || Transitions != written.Transitions;

    /// <summary>
    /// How long a replica waits before it looks again. One that follows looks twice as often as a leader renews, and just when the
    /// lease runs out: what passes until it sees a renewal, and after the last one ran out, is time without a leader.
    /// </summary>
    /// <param name="identity">The replica.</param>
    /// <param name="period">How often a leader renews.</param>
    /// <param name="now">The time.</param>
    public TimeSpan Wait(string identity, TimeSpan period, TimeSpan now)
    {
        var left = SeenAt + Duration - now;
        return Holder.Length == 0 || Holder == identity ? period
            : left > TimeSpan.Zero && left < period / 2 ? WholeMilliseconds(left)
            : period / 2;
    }

    // A timer drops what is less, and would look again and again until that is over, too.
    private static TimeSpan WholeMilliseconds(TimeSpan span) => TimeSpan.FromMilliseconds(Math.Ceiling(span.TotalMilliseconds));
}
