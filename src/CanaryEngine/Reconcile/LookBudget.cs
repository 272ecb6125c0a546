using System.Collections.Concurrent;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Reconcile;

/// <summary>
/// What all canaries together may spend on looks: rounds before a check is due, which only see whether the proxies follow yet or
/// whether a canary is hopeless. More than that are spread over time, and those that would be late are put off, so that no check
/// is late for them. Thread-safe.
/// </summary>
/// <param name="perSecond">How many there may be in a second, in the long run.</param>
internal sealed class LookBudget(int perSecond)
{
    /// <summary>How late a look may be that is still worth while.</summary>
    public static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(100);

    private readonly Lock _gate = new();
    private readonly TimeSpan _cost = TimeSpan.FromSeconds(1) / perSecond;
    private readonly ConcurrentDictionary<NamespacedName, Look> _looks = new();
    private DateTimeOffset _spentUntil;

    /// <summary>When the next round of a canary is to be.</summary>
    /// <param name="key">The canary.</param>
    /// <param name="result">What its last round came to.</param>
    /// <param name="now">The time.</param>
    /// <returns>When it is due, or later for a look that there is no time for; never after the next check is due.</returns>
    public DateTimeOffset? NextRound(NamespacedName key, RoundResult result, DateTimeOffset now)
    {
        var check = result.Status.NextCheck;
        if (result.Due is { } due && due > now && !(due >= check))
        {
            return Plan(key, check, now, due);
        }

        _looks.TryRemove(key, out _);
        return result.Due;
    }

    /// <summary>Whether a round that is late is a mere look, and better put off.</summary>
    /// <param name="key">The canary.</param>
    /// <param name="due">When the round was due.</param>
    /// <param name="now">The time.</param>
    /// <returns>When to look instead; null for a round that is to be made.</returns>
    public DateTimeOffset? PutOff(NamespacedName key, DateTimeOffset due, DateTimeOffset now) =>
        now - due > Tolerance && _looks.TryGetValue(key, out var look) && look.At == due && !(now >= look.Check)
            ? Plan(key, look.Check, now, now)
            : null;

    /// <summary>Drops what is known of a canary that is no more.</summary>
    /// <param name="key">The canary.</param>
    public void Forget(NamespacedName key) => _looks.TryRemove(key, out _);

    private DateTimeOffset Plan(NamespacedName key, DateTimeOffset? check, DateTimeOffset now, DateTimeOffset due)
    {
        var at = Grant(now, due);
        if (at >= check)
        {
            // No look, but the check.
            _looks.TryRemove(key, out _);
            return check.Value;
        }

        _looks[key] = new Look(at, check);
        return at;
    }

    // Every look pushes the ones asked for after it behind it, unless they are asked for later than it has time anyway.
    private DateTimeOffset Grant(DateTimeOffset now, DateTimeOffset due)
    {
        lock (_gate)
        {
            var free = _spentUntil > now ? _spentUntil : now;
            _spentUntil = free + _cost;
            return due > free ? due : free;
        }
    }

    private readonly record struct Look(DateTimeOffset At, DateTimeOffset? Check);
}
