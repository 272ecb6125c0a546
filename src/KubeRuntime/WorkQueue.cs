using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime;

/// <summary>
/// Keys that are due for work, now or later. A key waits at most once, at the earliest time asked for, and is never handed out
/// again before it is done; what is asked for meanwhile counts afterwards. Thread-safe.
/// </summary>
/// <typeparam name="TKey">The key.</typeparam>
/// <param name="time">The clock.</param>
public sealed class WorkQueue<TKey>(TimeProvider time)
    where TKey : notnull
{
    private readonly Lock _gate = new();
    private readonly Dictionary<TKey, Entry> _entries = [];
    private readonly PriorityQueue<(TKey Key, DateTimeOffset Due), DateTimeOffset> _order = new();
    private readonly ChangeSignal _earlier = new();

    /// <summary>How many keys wait or are worked on.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>Asks for work on a key as soon as possible.</summary>
    /// <param name="key">The key.</param>
    public void Add(TKey key) => AddAt(key, time.GetUtcNow());

    /// <summary>Asks for work on a key at a time; an earlier time asked for before counts.</summary>
    /// <param name="key">The key.</param>
    /// <param name="due">When.</param>
    public void AddAt(TKey key, DateTimeOffset due)
    {
        bool isFirst;
        lock (_gate)
        {
            var entry = _entries.GetValueOrDefault(key);
            if (entry.Due is { } known && known <= due)
            {
                return;
            }

            _entries[key] = entry with { Due = due };
            if (entry.IsTaken)
            {
                return;
            }

            isFirst = !_order.TryPeek(out _, out var first) || due < first;
            _order.Enqueue((key, due), due);
        }

        // Whoever waits has looked at the order's head: what comes behind it wakes nobody.
        if (isFirst)
        {
            _earlier.Raise();
        }
    }

    /// <summary>Waits for the key that is due first, and hands it out.</summary>
    /// <param name="cancellationToken">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    /// <returns>The key, and when it was due. <see cref="Done"/> must follow.</returns>
    public async Task<(TKey Key, DateTimeOffset Due)> TakeAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var seen = _earlier.Version;
            var (taken, wait) = TryTake();
            if (taken is { } found)
            {
                return found;
            }

            using var enough = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
            var change = _earlier.WaitAsync(seen, enough.Token);
            await (wait is { } span ? Task.WhenAny(change, Task.Delay(span, time, enough.Token)) : change);
            await enough.CancelAsync();
            cancellationToken.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Says that the work on a key has ended.</summary>
    /// <param name="key">The key.</param>
    /// <param name="next">When to work on it again; null for when it is asked for.</param>
    public void Done(TKey key, DateTimeOffset? next)
    {
        DateTimeOffset? due;
        lock (_gate)
        {
            due = _entries.Remove(key, out var entry) ? entry.Due : null;
        }

        var earliest = due is { } asked && (next is not { } later || asked < later) ? asked : next;
        if (earliest is { } again)
        {
            AddAt(key, again);
        }
    }

    private ((TKey Key, DateTimeOffset Due)? Taken, TimeSpan? Wait) TryTake()
    {
        lock (_gate)
        {
            var now = time.GetUtcNow();
            while (_order.TryPeek(out var first, out var due))
            {
                // Entries that an earlier time has overtaken are still in the order.
                if (!_entries.TryGetValue(first.Key, out var entry) || entry.IsTaken || entry.Due != due)
                {
                    _order.Dequeue();
                    continue;
                }

                if (due > now)
                {
                    return (null, due - now < TimeSpan.FromHours(1) ? due - now : TimeSpan.FromHours(1));
                }

                _order.Dequeue();
                _entries[first.Key] = new Entry(null, IsTaken: true);
                return (first, null);
            }

            return (null, null);
        }
    }

    private readonly record struct Entry(DateTimeOffset? Due, bool IsTaken);
}
