using System.Collections.Immutable;

namespace XdsCanary.KubeRuntime.Objects;

/// <summary>
/// A source with objects laid over those of another source: an object of the upper layer hides the one below it of the same
/// identity. Thread-safe.
/// </summary>
/// <param name="lower">The source below.</param>
public sealed class LayeredObjectSource(IObjectSource lower) : IObjectSource
{
    private readonly Lock _gate = new();
    private ImmutableDictionary<ObjectKey, SourceObject> _upper = ImmutableDictionary<ObjectKey, SourceObject>.Empty;
    private ObjectSet _seenLower = ObjectSet.Empty;
    private ObjectSet _current = ObjectSet.Empty;
    private bool _hasUpper;

    /// <inheritdoc/>
    public ObjectSet Current => Volatile.Read(ref _current);

    /// <inheritdoc/>
    public bool HasSynced => Volatile.Read(ref _hasUpper) && lower.HasSynced;

    /// <inheritdoc/>
    public ChangeSignal Changed { get; } = new();

    /// <summary>Says that the upper layer is complete for the start; until then the source has not synced.</summary>
    public void CompleteUpper()
    {
        Volatile.Write(ref _hasUpper, true);
        Refresh();
    }

    /// <summary>Takes over what is new below, and keeps doing so until cancelled.</summary>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task FollowAsync(CancellationToken cancellationToken)
    {
        while (!cancellationToken.IsCancellationRequested)
        {
            var seen = lower.Changed.Version;
            Refresh();
            await lower.Changed.WaitAsync(seen, cancellationToken).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    /// <summary>Changes the upper layer, over what is below by now; all at once for whoever looks.</summary>
    /// <param name="removed">Identities that the layer has no longer.</param>
    /// <param name="added">Objects that it has now, each in place of one of the same identity.</param>
    /// <returns>The revision of the set that has the change.</returns>
    public long Change(IEnumerable<ObjectKey> removed, IEnumerable<SourceObject> added)
    {
        ArgumentNullException.ThrowIfNull(removed);
        ArgumentNullException.ThrowIfNull(added);
        long revision;
        lock (_gate)
        {
            TakeLower();
            var objects = _current.Objects.ToBuilder();
            var upper = _upper.ToBuilder();
            var changed = ImmutableArray.CreateBuilder<ObjectKey>();
            foreach (var key in removed)
            {
                upper.Remove(key);
                changed.Add(key);
                if (_seenLower.Objects.TryGetValue(key, out var hidden))
                {
                    objects[key] = hidden;
                }
                else
                {
                    objects.Remove(key);
                }
            }

            foreach (var item in added)
            {
                (upper[item.Key], objects[item.Key]) = (item, item);
                changed.Add(item.Key);
            }

            _upper = upper.ToImmutable();
            var next = _current.Next(objects.ToImmutable(), changed.ToImmutable());
            revision = next.Revision;
            Publish(next);
        }

        Changed.Raise();
        return revision;
    }

    private void Refresh()
    {
        lock (_gate)
        {
            TakeLower();
        }

        Changed.Raise();
    }

    private void TakeLower()
    {
        var below = lower.Current;
        if (!ReferenceEquals(below, _seenLower))
        {
            var changed = below.ChangedSince(_seenLower);
            _seenLower = below;
            var next = changed is null
                ? new ObjectSet(below.Objects.SetItems(_upper), [], _current.Revision + 1)
                : _current.Next(Over(_current.Objects, below.Objects, changed), [.. changed]);
            Publish(next with { Problems = below.Problems, Kept = below.Kept });
        }
    }

    private ImmutableDictionary<ObjectKey, SourceObject> Over(
        ImmutableDictionary<ObjectKey, SourceObject> objects,
        ImmutableDictionary<ObjectKey, SourceObject> below,
        ImmutableHashSet<ObjectKey> changed)
    {
        var next = objects.ToBuilder();
        foreach (var key in changed.Where(key => !_upper.ContainsKey(key)))
        {
            if (below.TryGetValue(key, out var item))
            {
                next[key] = item;
            }
            else
            {
                next.Remove(key);
            }
        }

        return next.ToImmutable();
    }

    private void Publish(ObjectSet set) => Volatile.Write(ref _current, set);
}
