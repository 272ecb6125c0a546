using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Peers;

/// <summary>
/// What is remembered of another replica, for when it does not answer. Its proxies are held to route as they did, until it has been
/// silent for longer than they would stay with a replica that is dead. Times are on the clock of whoever asks. Immutable and pure.
/// </summary>
internal sealed record PeerMemory
{
    /// <summary>
    /// The longest silence for which a replica's proxies count. They notice a dead connection by their pings within 35 seconds, and
    /// try the next one within ten.
    /// </summary>
    public static readonly TimeSpan LongestSilence = TimeSpan.FromMinutes(1);

    /// <summary>How long the count of a service is kept that is not asked about.</summary>
    public static readonly TimeSpan LongestDisuse = TimeSpan.FromHours(1);

    private ImmutableDictionary<NamespacedName, Count> Counts { get; init; } = ImmutableDictionary<NamespacedName, Count>.Empty;

    private TimeSpan? AnsweredAt { get; init; }

    /// <summary>Nothing.</summary>
    public static PeerMemory None { get; } = new();

    /// <summary>When the first question was put of those that it has not answered since its last answer; null while it answers.</summary>
    public TimeSpan? SilentSince { get; private init; }

    /// <summary>Whether its proxies were left out of account in this silence.</summary>
    public bool IsForgotten { get; private init; }

    /// <summary>Whether it had a proxy for any service.</summary>
    public bool HasProxies => Counts.Values.Any(count => count.Proxies > 0);

    /// <summary>How many services it is remembered for.</summary>
    public int Services => Counts.Count;

    /// <summary>
    /// How long a replica's proxies count while it is silent: for half the time that whoever asks waits for proxies, so that a replica
    /// that is dead is out of account before anything is held against the revision, and at most <see cref="LongestSilence"/>.
    /// </summary>
    /// <param name="patience">The time that whoever asks waits.</param>
    public static TimeSpan LimitOf(TimeSpan patience) => patience / 2 < LongestSilence ? patience / 2 : LongestSilence;

    /// <summary>It has answered. A replica whose proxies were left out of account begins anew: they may be anywhere.</summary>
    /// <param name="service">The service that was asked about.</param>
    /// <param name="report">What it has said.</param>
    /// <param name="now">The time.</param>
    public PeerMemory Answering(NamespacedName service, PeerReport report, TimeSpan now)
    {
        var kept = IsForgotten ? Counts.Clear() : Counts.RemoveRange(
            Counts.Where(pair => now - pair.Value.AskedAt > LongestDisuse).Select(pair => pair.Key));
        return new PeerMemory
        {
            Counts = kept.SetItem(service, new Count(report.Proxies, now)),
            AnsweredAt = now,
        };
    }

    /// <summary>It has not answered. That says nothing if it has answered another question meanwhile.</summary>
    /// <param name="askedAt">When the question was put.</param>
    public PeerMemory Silent(TimeSpan askedAt) =>
        SilentSince is not null || askedAt < AnsweredAt ? this : this with { SilentSince = askedAt };

    /// <summary>Its proxies are left out of account from now on if it has been silent for too long.</summary>
    /// <param name="patience">How long whoever asks waits for proxies.</param>
    /// <param name="now">The time.</param>
    public PeerMemory Judged(TimeSpan patience, TimeSpan now) =>
        IsForgotten || !IsTooLong(patience, now) ? this : this with { IsForgotten = true };

    /// <summary>How many of its proxies are held to lag while it does not answer.</summary>
    /// <param name="service">The service that was asked about.</param>
    /// <param name="patience">How long whoever asks waits for proxies.</param>
    /// <param name="now">The time.</param>
    public int ProxiesOf(NamespacedName service, TimeSpan patience, TimeSpan now) =>
        IsTooLong(patience, now) ? 0 : Counts.GetValueOrDefault(service)?.Proxies ?? 0;

    private bool IsTooLong(TimeSpan patience, TimeSpan now) => SilentSince is { } since && now - since >= LimitOf(patience);

    private sealed record Count(int Proxies, TimeSpan AskedAt);
}
