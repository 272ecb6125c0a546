using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Standalone;

/// <summary>What one file holds by the last reading. Immutable.</summary>
/// <param name="Hash">Hash of the bytes read; null when the file could not be read.</param>
/// <param name="Objects">The objects of the documents that can be read, in the order written.</param>
/// <param name="Kept">
/// The last good version of objects that the file held before one of its documents became unreadable; empty once all of it is
/// readable.
/// </param>
/// <param name="Problems">The faults, in the order of lines.</param>
internal sealed record FileState(
    string? Hash,
    ImmutableArray<SourceObject> Objects,
    ImmutableArray<SourceObject> Kept,
    ImmutableArray<ObjectProblem> Problems)
{
    /// <summary>A file that was never read.</summary>
    public static FileState Empty { get; } = new(null, [], [], []);
}
