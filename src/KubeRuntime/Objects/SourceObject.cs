using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.KubeRuntime.Objects;

/// <summary>Where an object was read from.</summary>
/// <param name="File">The file, relative to the source's root; null for objects from an API server.</param>
/// <param name="Line">The first line of the object's document in it, from 1; 0 when unknown.</param>
public sealed record ObjectOrigin(string? File, int Line)
{
    /// <inheritdoc/>
    public override string ToString() => (File, Line) switch
    {
        (null, _) => "the API server",
        (_, 0) => File,
        _ => $"{File}:{Line}",
    };
}

/// <summary>
/// One object as its source delivered it: identity, metadata and the whole document, not yet interpreted. Immutable.
/// A source hands out the same instance for as long as the object says the same at the same place, so that readers may compare
/// references to see that nothing changed. A new instance may have the same <see cref="Fingerprint"/>: then it only moved, and
/// what readers report about it has new line numbers.
/// </summary>
public sealed record SourceObject
{
    /// <summary>The object's identity.</summary>
    public required ObjectKey Key { get; init; }

    /// <summary><c>apiVersion</c> as written, for example <c>split.smi-spec.io/v1alpha4</c>.</summary>
    public required string ApiVersion { get; init; }

    /// <summary>The whole document.</summary>
    public required MappingNode Root { get; init; }

    /// <summary>Where it was read from.</summary>
    public required ObjectOrigin Origin { get; init; }

    /// <summary>Hash of the document's content, without positions, comments and formatting.</summary>
    public required string Fingerprint { get; init; }

    /// <summary><c>metadata.labels</c>.</summary>
    public ImmutableSortedDictionary<string, string> Labels { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary><c>metadata.annotations</c>.</summary>
    public ImmutableSortedDictionary<string, string> Annotations { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary><c>metadata.creationTimestamp</c> (UTC); null when the document has none.</summary>
    public DateTimeOffset? Created { get; init; }

    /// <summary><c>metadata.generation</c>; 0 when the document has none.</summary>
    public long Generation { get; init; }
}
