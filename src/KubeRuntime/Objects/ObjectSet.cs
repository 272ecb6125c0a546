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
    /// <summary>
    /// Those of <see cref="Objects"/> whose document cannot be read now, or no longer be found in one that cannot: what is there
    /// of them is their last good version.
    /// </summary>
    public ImmutableHashSet<ObjectKey> Kept { get; init; } = [];

    /// <summary>No objects, no problems, revision 0.</summary>
    public static ObjectSet Empty { get; } =
        new(ImmutableDictionary<ObjectKey, SourceObject>.Empty, [], 0);
}
