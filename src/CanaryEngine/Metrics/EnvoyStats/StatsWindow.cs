using System.Globalization;

namespace XdsCanary.CanaryEngine.Metrics.EnvoyStats;

/// <summary>What was counted for a service over a window, by all proxies together. Immutable.</summary>
/// <param name="Growth">The growth of the counts.</param>
/// <param name="Covered">The time that it was counted over: the window, or less while there is no older sample.</param>
internal sealed record StatsWindow(ClusterCounts Growth, TimeSpan Covered)
{
    /// <summary>The number of requests.</summary>
    public double Requests => Growth.Requests;

    /// <summary>Requests that did not end in 5xx, in percent; null without any request.</summary>
    public double? SuccessRate =>
        Requests > 0 ? 100 * Growth.Codes.Where(pair => pair.Key is < 500 or > 599).Sum(pair => pair.Value) / Requests : null;

    /// <summary>Requests a second; null without any request.</summary>
    public double? Rate => Requests > 0 && Covered > TimeSpan.Zero ? Requests / Covered.TotalSeconds : null;

    /// <summary>
    /// A quantile of the duration in milliseconds; null without any. As PromQL has it: even inside a bucket, and never beyond the
    /// last bound that is a number.
    /// </summary>
    /// <param name="quantile">Which, 0 to 1.</param>
    public double? Duration(double quantile)
    {
        var total = Growth.Buckets.GetValueOrDefault(double.PositiveInfinity);
        if (total <= 0)
        {
            return null;
        }

        var rank = quantile * total;
        var (lower, below) = (0.0, 0.0);
        foreach (var (upper, count) in Growth.Buckets)
        {
            if (count >= rank)
            {
                return double.IsPositiveInfinity(upper) ? lower
                    : count <= below ? lower
                    : lower + ((upper - lower) * (rank - below) / (count - below));
            }

            (lower, below) = (upper, count);
        }

        return lower;
    }

    /// <summary>A line for people.</summary>
    public override string ToString()
    {
        var codes = Growth.Codes.Where(pair => pair.Value > 0)
            .Select(pair => string.Create(CultureInfo.InvariantCulture, $"{pair.Key}: {pair.Value:0.##}"));
        var byCode = string.Join(", ", codes);
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Requests:0.##} requests in {Covered.TotalSeconds:0.#} s ({(byCode.Length > 0 ? byCode : "none")})");
    }
}
