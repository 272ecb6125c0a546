using System.Collections.Immutable;

namespace XdsCanary.DemoProxy.Stats;

/// <summary>Counts values by Envoy's default buckets. Thread-safe; a reading may miss values that are being recorded.</summary>
internal sealed class Histogram
{
    private readonly long[] _counts = new long[UpperBounds.Length + 1];
    private double _sum;

    /// <summary>The upper bounds of the buckets, in milliseconds, as Envoy's Prometheus output has them.</summary>
    public static ImmutableArray<double> UpperBounds { get; } =
    [
        0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000, 10000, 30000, 60000, 300000, 600000, 1800000, 3600000,
    ];

    /// <summary>Counts a value.</summary>
    /// <param name="value">The value; milliseconds.</param>
    public void Record(double value)
    {
        var index = UpperBounds.BinarySearch(value);
        Interlocked.Increment(ref _counts[index < 0 ? ~index : index]);
        var sum = Volatile.Read(ref _sum);
        double seen;
        while ((seen = Interlocked.CompareExchange(ref _sum, sum + value, sum)) != sum)
        {
            sum = seen;
        }
    }

    /// <summary>Reads the histogram.</summary>
    public HistogramReading Read()
    {
        var cumulative = ImmutableArray.CreateBuilder<long>(_counts.Length);
        var total = 0L;
        for (var index = 0; index < _counts.Length; index++)
        {
            total += Interlocked.Read(ref _counts[index]);
            cumulative.Add(total);
        }

        return new HistogramReading(cumulative.MoveToImmutable(), Volatile.Read(ref _sum));
    }
}

/// <summary>The values of a histogram.</summary>
/// <param name="Cumulative">How many values are at most each bound; the last entry, for no bound, is the count of all.</param>
/// <param name="Sum">The sum of all values.</param>
internal sealed record HistogramReading(ImmutableArray<long> Cumulative, double Sum)
{
    /// <summary>How many values there are.</summary>
    public long Count => Cumulative[^1];
}
