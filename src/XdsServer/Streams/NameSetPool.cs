using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Streams;

/// <summary>
/// Keeps one instance of each set of names that streams subscribe to. A fleet mostly asks for the same names, and a copy for
/// each stream would be the largest part of a stream's memory. Thread-safe; sets that no stream uses any more are collected.
/// </summary>
internal sealed class NameSetPool
{
    private const int FirstSweepAt = 256;

    private readonly Lock _lock = new();
    private readonly Dictionary<UInt128, WeakReference<NameSet>> _sets = [];
    private int _sweepAt = FirstSweepAt;

    /// <summary>Hands back the pooled instance equal to a set, which may be the set itself.</summary>
    /// <param name="set">The set.</param>
    public NameSet Intern(NameSet set)
    {
        if (set.Count == 0)
        {
            return NameSet.Empty;
        }

        UInt128 key = 0;
        foreach (var name in set.Names)
        {
            key += ContentHash.Of(name);
        }

        lock (_lock)
        {
            if (_sets.TryGetValue(key, out var reference) && reference.TryGetTarget(out var pooled))
            {
                return pooled.Equals(set) ? pooled : set;
            }

            _sets[key] = new WeakReference<NameSet>(set);
            Sweep();
            return set;
        }
    }

    private void Sweep()
    {
        if (_sets.Count < _sweepAt)
        {
            return;
        }

        foreach (var (key, reference) in _sets)
        {
            if (!reference.TryGetTarget(out _))
            {
                _sets.Remove(key);
            }
        }

        _sweepAt = Math.Max(FirstSweepAt, _sets.Count * 2);
    }
}
