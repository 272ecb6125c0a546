using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Streams;

/// <summary>
/// The current snapshot of one node group and the streams that follow it. A publish swaps a reference and wakes the streams;
/// it never waits for one. Thread-safe.
/// </summary>
/// <param name="group">The group.</param>
internal sealed class GroupSnapshots(NodeGroup group)
{
    private readonly Lock _lock = new();
    private readonly HashSet<AsyncSignal> _followers = [];
    private XdsSnapshot? _current;

    /// <summary>The group.</summary>
    public NodeGroup Group { get; } = group;

    /// <summary>The newest snapshot; null before the first.</summary>
    public XdsSnapshot? Current => Volatile.Read(ref _current);

    /// <summary>How many streams follow the group.</summary>
    public int Followers
    {
        get
        {
            lock (_lock)
            {
                return _followers.Count;
            }
        }
    }

    /// <summary>Starts waking a stream for each new snapshot.</summary>
    /// <param name="signal">The stream's signal.</param>
    public void Follow(AsyncSignal signal)
    {
        lock (_lock)
        {
            _followers.Add(signal);
        }
    }

    /// <summary>Stops waking a stream.</summary>
    /// <param name="signal">The stream's signal.</param>
    public void Unfollow(AsyncSignal signal)
    {
        lock (_lock)
        {
            _followers.Remove(signal);
        }
    }

    /// <summary>Puts a newer snapshot in place and wakes the streams.</summary>
    /// <param name="snapshot">A snapshot of this group with a higher generation than the current one.</param>
    /// <exception cref="InvalidOperationException">The snapshot is not a successor of the current one.</exception>
    public void Publish(XdsSnapshot snapshot)
    {
        if (Current is { } current && snapshot.Generation <= current.Generation)
        {
            throw new InvalidOperationException(
                $"Generation {snapshot.Generation} of group {Group} does not succeed generation {current.Generation}.");
        }

        Volatile.Write(ref _current, snapshot);
        lock (_lock)
        {
            foreach (var follower in _followers)
            {
                follower.Set();
            }
        }
    }
}
