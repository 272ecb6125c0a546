using System.Collections.Immutable;

namespace XdsCanary.TestKit.Traffic;

/// <summary>What became of the requests of a load.</summary>
/// <param name="Requests">How many have ended, well or badly.</param>
/// <param name="ByUpstream">Answers by the name of the upstream that gave them; those without a name are not in it.</param>
/// <param name="ByStatus">Answers by status.</param>
/// <param name="Failures">Failed requests by what happened: a status other than 2xx with its body, or an error.</param>
/// <param name="Elapsed">Since the load was started.</param>
public sealed record TrafficReport(
    long Requests,
    ImmutableSortedDictionary<string, long> ByUpstream,
    ImmutableSortedDictionary<int, long> ByStatus,
    ImmutableSortedDictionary<string, long> Failures,
    TimeSpan Elapsed)
{
    /// <summary>How many requests failed.</summary>
    public long Failed => Failures.Values.Sum();

    /// <summary>How many an upstream answered.</summary>
    public long From(string upstream) => ByUpstream.GetValueOrDefault(upstream);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Requests} requests in {Elapsed.TotalSeconds:0.0} s ({Requests / Math.Max(Elapsed.TotalSeconds, 0.001):0}/s), "
        + $"{Failed} failed; upstreams {List(ByUpstream)}; statuses {List(ByStatus)}; failures {List(Failures)}";

    private static string List<TKey>(ImmutableSortedDictionary<TKey, long> counts)
        where TKey : notnull =>
        counts.Count == 0 ? "none" : string.Join(", ", counts.Select(pair => $"{pair.Key}: {pair.Value}"));
}
