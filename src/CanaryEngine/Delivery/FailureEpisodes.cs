using System.Collections.Concurrent;

namespace XdsCanary.CanaryEngine.Delivery;

/// <summary>Remembers who fails, so that a long outage is logged at its start and its end only. Thread-safe.</summary>
/// <typeparam name="TKey">Whoever can fail.</typeparam>
internal sealed class FailureEpisodes<TKey>
    where TKey : notnull
{
    private readonly ConcurrentDictionary<TKey, bool> _failing = new();

    /// <summary>A failure; true for the first of an episode.</summary>
    /// <param name="key">Who.</param>
    public bool Begin(TKey key) => _failing.TryAdd(key, true);

    /// <summary>A success; true when it ends an episode.</summary>
    /// <param name="key">Who.</param>
    public bool End(TKey key) => _failing.TryRemove(key, out _);
}
