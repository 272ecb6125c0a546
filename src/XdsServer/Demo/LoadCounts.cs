using System.Collections.Immutable;

namespace XdsCanary.XdsServer.Demo;

/// <summary>What came of the requests of a window.</summary>
/// <param name="Requests">How many have ended.</param>
/// <param name="Failed">How many of them had no answer, or one that is not 2xx.</param>
/// <param name="ByVersion">The answers by the version that gave them.</param>
/// <param name="ByStatus">The answers by status code.</param>
internal sealed record LoadCounts(
    int Requests, int Failed, ImmutableDictionary<string, int> ByVersion, ImmutableDictionary<int, int> ByStatus)
{
    /// <summary>No requests.</summary>
    public static LoadCounts None { get; } =
        new(0, 0, ImmutableDictionary<string, int>.Empty, ImmutableDictionary<int, int>.Empty);

    /// <summary>When the first of the requests that a version answered was sent, a timestamp of the clock.</summary>
    public ImmutableDictionary<string, long> FirstSent { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>Adds a request that has ended.</summary>
    /// <param name="status">The status of the answer; null when there was none.</param>
    /// <param name="version">The version that answered; null when the answer does not say.</param>
    /// <param name="sentAt">When it was sent, a timestamp of the clock.</param>
    public LoadCounts With(int? status, string? version, long sentAt = 0) => new(
        Requests + 1,
        Failed + (status is >= 200 and < 300 ? 0 : 1),
        version is null ? ByVersion : ByVersion.SetItem(version, ByVersion.GetValueOrDefault(version) + 1),
        status is not { } code ? ByStatus : ByStatus.SetItem(code, ByStatus.GetValueOrDefault(code) + 1))
    {
        FirstSent = version is null || (FirstSent.TryGetValue(version, out var first) && first <= sentAt)
            ? FirstSent
            : FirstSent.SetItem(version, sentAt),
    };

    /// <summary>The share of a version in the answers since an earlier reading, in percent; null without any.</summary>
    /// <param name="version">The version.</param>
    /// <param name="earlier">The earlier reading.</param>
    public double? PercentOf(string version, LoadCounts earlier)
    {
        var answers = Requests - earlier.Requests;
        return answers > 0
            ? 100.0 * (ByVersion.GetValueOrDefault(version) - earlier.ByVersion.GetValueOrDefault(version)) / answers
            : null;
    }

    /// <summary>How many requests ended in which way, for people.</summary>
    public string Statuses()
    {
        var ends = ByStatus.OrderBy(pair => pair.Key).Select(pair => $"{pair.Value} times {pair.Key}").ToList();
        var unanswered = Requests - ByStatus.Values.Sum();
        return string.Join(", ", unanswered > 0 ? [.. ends, $"{unanswered} without an answer"] : ends);
    }
}

/// <summary>The requests since a moment.</summary>
internal interface ILoadWindow
{
    /// <summary>Starts anew: requests that were sent before do not count, not even when they end later.</summary>
    void Reset();

    /// <summary>What came of the requests so far.</summary>
    LoadCounts Read();

    /// <summary>Keeps the window: what came of its requests can be read after a reset too, when the last ones have ended.</summary>
    Func<LoadCounts> Keep();
}
