using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Cluster;

/// <summary>Remembers which objects changed at which revision, for readers that do not want to compare everything. Not thread-safe.</summary>
internal sealed class ChangeJournal
{
    private const int Kept = 65536;

    private readonly Queue<(long Revision, ObjectKey Key)> _changes = new();
    private long _forgotten;

    /// <summary>Notes a change.</summary>
    /// <param name="revision">The revision of the set that has it.</param>
    /// <param name="key">The object.</param>
    public void Note(long revision, ObjectKey key)
    {
        _changes.Enqueue((revision, key));
        if (_changes.Count > Kept)
        {
            _forgotten = _changes.Dequeue().Revision;
        }
    }

    /// <summary>The objects that changed after a revision.</summary>
    /// <param name="revision">The revision.</param>
    /// <returns>The objects; null when that is too long ago to be known.</returns>
    public ImmutableHashSet<ObjectKey>? Since(long revision) => revision < _forgotten
        ? null
        : [.. _changes.Where(change => change.Revision > revision).Select(change => change.Key)];
}
