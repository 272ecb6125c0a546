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
            foreach (var key in removed)
            {
                upper.Remove(key);
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
            }

            _upper = upper.ToImmutable();
            revision = _current.Revision + 1;
            Publish(_current with { Objects = objects.ToImmutable(), Revision = revision });
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
            _seenLower = below;
            var revision = _current.Revision + 1;
            Publish(below with { Objects = below.Objects.SetItems(_upper), Revision = revision });
        }
    }

    private void Publish(ObjectSet set) => Volatile.Write(ref _current, set);
}
