namespace XdsCanary.DemoProxy.Xds;

/// <summary>The pause before the next attempt to connect: fully jittered, doubling, as Envoy's.</summary>
internal static class Backoff
{
    private static readonly TimeSpan Base = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan Max = TimeSpan.FromSeconds(30);

    /// <summary>The pause.</summary>
    /// <param name="failures">How many attempts have failed in a row, this one included; at least 1.</param>
    /// <param name="point">A random number from 0 (included) to 1 (excluded).</param>
    /// <returns>A time from zero to 500 ms, 1 s, 2 s … at most 30 s.</returns>
    public static TimeSpan Delay(int failures, double point) => Ceiling(failures) * point;

    private static TimeSpan Ceiling(int failures)
    {
        // Beyond this many doublings the limit is reached anyway, and the shift would overflow.
        var doublings = Math.Clamp(failures - 1, 0, 6);
        var ceiling = Base * (1 << doublings);
        return ceiling < Max ? ceiling : Max;
    }
}
