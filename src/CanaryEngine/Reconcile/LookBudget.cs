namespace XdsCanary.CanaryEngine.Reconcile;

/// <summary>
/// What all canaries together may spend on looks: rounds before a check is due, which only see whether the proxies follow yet or
/// whether a canary is hopeless. More than that are spread over time, so that no check is late for them. Thread-safe.
/// </summary>
/// <param name="perSecond">How many there may be in a second, in the long run.</param>
internal sealed class LookBudget(int perSecond)
{
    private readonly Lock _gate = new();
    private readonly TimeSpan _cost = TimeSpan.FromSeconds(1) / perSecond;
    private DateTimeOffset _spentUntil;

    /// <summary>When the next round of a canary is to be.</summary>
    /// <param name="result">What its last round came to.</param>
    /// <param name="now">The time.</param>
    /// <returns>When it is due, or later for a look that there is no time for; never after the next check is due.</returns>
    public DateTimeOffset? NextRound(RoundResult result, DateTimeOffset now)
    {
        var check = result.Status.NextCheck;
        if (result.Due is not { } due || due <= now || due >= check)
        {
            return result.Due;
        }

        var granted = Grant(now, due);
        return granted > check ? check : granted;
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
}
