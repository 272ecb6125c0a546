using System.Collections.Immutable;

namespace XdsCanary.KubeRuntime.Objects;

/// <summary>Everything a source knows at one moment. Immutable; replaced whole.</summary>
/// <param name="Objects">The objects by identity, the last good version of each.</param>
/// <param name="Problems">The faults of documents that could not be read, in order of file and line.</param>
/// <param name="Revision">Rises with every replacement.</param>
public sealed record ObjectSet(
    ImmutableDictionary<ObjectKey, SourceObject> Objects,
    ImmutableArray<ObjectProblem> Problems,
    long Revision)
{
    private const int RememberedChanges = 65536;

    private readonly ChangeNode _changes = new([], null, 0);

    // A copy that was given other objects by "with" knows nothing of their changes.
    private readonly ImmutableDictionary<ObjectKey, SourceObject> _changesOf = Objects;

    private ObjectSet(ObjectSet content, ChangeNode changes)
        : this(content) => (_changes, _changesOf) = (changes, content.Objects);

    /// <summary>
    /// Those of <see cref="Objects"/> whose document cannot be read now, or no longer be found in one that cannot: what is there
    /// of them is their last good version.
    /// </summary>
    public ImmutableHashSet<ObjectKey> Kept { get; init; } = [];

    /// <summary>No objects, no problems, revision 0.</summary>
    public static ObjectSet Empty { get; } =
        new(ImmutableDictionary<ObjectKey, SourceObject>.Empty, [], 0);

    /// <summary>The set that replaces this one, which remembers what is not the same.</summary>
    /// <param name="objects">The objects.</param>
    /// <param name="changed">At least the objects that are new, gone or not the same instance.</param>
    public ObjectSet Next(ImmutableDictionary<ObjectKey, SourceObject> objects, ImmutableArray<ObjectKey> changed)
    {
        // What is too long ago is forgotten: whoever is so far behind compares everything.
        var isKnown = IsRemembered && _changes.Count + changed.Length <= RememberedChanges;
        return new ObjectSet(
            this with { Objects = objects, Revision = Revision + 1 },
            new ChangeNode(changed, isKnown ? _changes : null, isKnown ? _changes.Count + changed.Length : 0));
    }

    /// <summary>The objects that are not the same as in an earlier set. Costs what has changed, not what there is.</summary>
    /// <param name="earlier">The earlier set.</param>
    /// <returns>The objects, perhaps with some that are the same; null when that is not known, and everything must be compared.</returns>
    public ImmutableHashSet<ObjectKey>? ChangedSince(ObjectSet earlier)
    {
        ArgumentNullException.ThrowIfNull(earlier);
        if (!IsRemembered || !earlier.IsRemembered)
        {
            return null;
        }

        var changed = ImmutableHashSet.CreateBuilder<ObjectKey>();
        for (var node = _changes; node is not null; node = node.Before)
        {
            if (ReferenceEquals(node, earlier._changes))
            {
                return changed.ToImmutable();
            }

            changed.UnionWith(node.Keys);
        }

        return null;
    }

    private bool IsRemembered => ReferenceEquals(_changesOf, Objects);

    /// <summary>What made a set of the one before.</summary>
    /// <param name="Keys">What changed.</param>
    /// <param name="Before">The set before; null when it is not remembered.</param>
    /// <param name="Count">How many changes are remembered in all.</param>
    private sealed record ChangeNode(ImmutableArray<ObjectKey> Keys, ChangeNode? Before, int Count);
}
