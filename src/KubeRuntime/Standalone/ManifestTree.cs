using System.Collections.Immutable;

namespace XdsCanary.KubeRuntime.Standalone;

/// <summary>What the file system says about a file without reading it.</summary>
/// <param name="Modified">When it was last written (UTC), as exactly as the file system knows.</param>
/// <param name="Length">Its length in bytes.</param>
/// <param name="RealPath">Where it really is, all links followed: changes when a link is turned to another target.</param>
/// <param name="IsLinked">True when the file is reached by a link of its own, or lies in a directory that is.</param>
internal sealed record FileStamp(DateTimeOffset Modified, long Length, string RealPath, bool IsLinked);

/// <summary>A directory that was listed.</summary>
/// <param name="Path">Its path below the root; empty for the root.</param>
/// <param name="FullPath">Where it is.</param>
internal readonly record struct ListedDirectory(string Path, string FullPath);

/// <summary>What one look at the directory found. Immutable.</summary>
internal sealed record ManifestTree
{
    /// <summary>False when the root is not there.</summary>
    public required bool Exists { get; init; }

    /// <summary>False when only some files were looked at, so that a file which is not listed need not be gone.</summary>
    public bool IsComplete { get; init; } = true;

    /// <summary>The manifests by path.</summary>
    public ImmutableDictionary<string, FileStamp> Files { get; init; } = ImmutableDictionary<string, FileStamp>.Empty;

    /// <summary>The root and all directories below it.</summary>
    public ImmutableArray<ListedDirectory> Directories { get; init; } = [];

    /// <summary>Directories and links that could not be followed, with the reason. What they held before is not gone.</summary>
    public ImmutableSortedDictionary<string, string> Unreadable { get; init; } =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);
}
