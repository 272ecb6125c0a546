using System.Collections.Immutable;

namespace XdsCanary.CanaryEngine.Metrics.EnvoyStats;

/// <summary>
/// What a proxy has counted for a cluster since it started, or the growth of that over a time: answers by code, and durations
/// by upper bound in milliseconds, each bucket with all that are below it. Immutable.
/// </summary>
/// <param name="Codes">Answers by HTTP code.</param>
/// <param name="Buckets">Durations by upper bound, cumulative; the last bound is infinity.</param>
internal sealed record ClusterCounts(
    ImmutableSortedDictionary<int, double> Codes, ImmutableSortedDictionary<double, double> Buckets)
{
    /// <summary>Nothing was counted.</summary>
    public static ClusterCounts Zero { get; } =
        new(ImmutableSortedDictionary<int, double>.Empty, ImmutableSortedDictionary<double, double>.Empty);

    /// <summary>All answers.</summary>
    public double Requests => Codes.Values.Sum();

    /// <summary>Adds two counts, of two proxies or of two times.</summary>
    /// <param name="other">The other.</param>
    public ClusterCounts Plus(ClusterCounts other) => new(Plus(Codes, other.Codes), Plus(Buckets, other.Buckets));

    /// <summary>
    /// The growth since an earlier count of the same proxy. Counters only grow: if one has shrunk, the proxy has started anew
    /// and counts from zero. One that was not there yet counts from zero too.
    /// </summary>
    /// <param name="earlier">The earlier count.</param>
    public ClusterCounts Since(ClusterCounts earlier) => new(Since(Codes, earlier.Codes), Since(Buckets, earlier.Buckets));

    /// <summary>A part of a growth, as if it had been even over the time.</summary>
    /// <param name="share">How much of it, 0 to 1.</param>
    public ClusterCounts Scale(double share) => new(
        Codes.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value * share),
        Buckets.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value * share));

    private static ImmutableSortedDictionary<TKey, double> Plus<TKey>(
        ImmutableSortedDictionary<TKey, double> left, ImmutableSortedDictionary<TKey, double> right)
        where TKey : notnull
    {
        var sum = left.ToBuilder();
        foreach (var (key, value) in right)
        {
            sum[key] = sum.GetValueOrDefault(key) + value;
        }

        return sum.ToImmutable();
    }

    private static ImmutableSortedDictionary<TKey, double> Since<TKey>(
        ImmutableSortedDictionary<TKey, double> now, ImmutableSortedDictionary<TKey, double> earlier)
        where TKey : notnull
    {
        var startedAnew = earlier.Any(pair => now.GetValueOrDefault(pair.Key) < pair.Value);
        return startedAnew
            ? now
            : now.ToImmutableSortedDictionary(pair => pair.Key, pair => pair.Value - earlier.GetValueOrDefault(pair.Key));
    }
}
