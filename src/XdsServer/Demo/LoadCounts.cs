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

    /// <summary>Adds a request that has ended.</summary>
    /// <param name="status">The status of the answer; null when there was none.</param>
    /// <param name="version">The version that answered; null when the answer does not say.</param>
    public LoadCounts With(int? status, string? version) => new(
        Requests + 1,
        Failed + (status is >= 200 and < 300 ? 0 : 1),
        version is null ? ByVersion : ByVersion.SetItem(version, ByVersion.GetValueOrDefault(version) + 1),
        status is not { } code ? ByStatus : ByStatus.SetItem(code, ByStatus.GetValueOrDefault(code) + 1));
}

/// <summary>The requests since a moment.</summary>
internal interface ILoadWindow
{
    /// <summary>Starts anew: requests that were sent before do not count, not even when they end later.</summary>
    void Reset();

    /// <summary>What came of the requests so far.</summary>
    LoadCounts Read();
}
