namespace XdsCanary.XdsServer.Streams;

/// <summary>Spreads the ends of streams over a window of time.</summary>
internal static class DrainSchedule
{
    // The golden ratio's fraction: its multiples fill the unit interval evenly, however many there are.
    private const double Step = 0.61803398874989485;

    /// <summary>When a stream ends, counted from the stop.</summary>
    /// <param name="streamId">The stream's number.</param>
    /// <param name="window">The window.</param>
    /// <returns>A time from zero to the window, even over consecutive numbers.</returns>
    public static TimeSpan DelayOf(long streamId, TimeSpan window) => window * (streamId * Step % 1);
}
