namespace XdsCanary.DemoProxy.Serving;

/// <summary>A source of randomness for several threads: <see cref="Random"/> breaks when two use it at once.</summary>
/// <param name="random">The source; nobody else may use it.</param>
internal sealed class SharedRandom(Random random)
{
    private readonly Lock _lock = new();

    /// <summary>A number from 0 to one less than the limit.</summary>
    /// <param name="limit">The limit; positive.</param>
    public long Next(long limit)
    {
        lock (_lock)
        {
            return random.NextInt64(limit);
        }
    }

    /// <summary>A number from 0 (included) to 1 (excluded).</summary>
    public double NextDouble()
    {
        lock (_lock)
        {
            return random.NextDouble();
        }
    }
}
