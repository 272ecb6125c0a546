using System.Collections.Immutable;

namespace XdsCanary.KubeRuntime.Standalone.Watching;

/// <summary>What a watch learned since it was last asked. Paths are below the root. Immutable.</summary>
internal sealed record WatchBatch
{
    /// <summary>Nothing happened.</summary>
    public static WatchBatch None { get; } = new();

    /// <summary>Files whose writer closed them, and whatever was moved in whole (a directory stands for all below it).</summary>
    public ImmutableHashSet<string> Complete { get; init; } = [];

    /// <summary>Files that were written to and not closed yet. Not only since the last time: all there are.</summary>
    public ImmutableHashSet<string> BeingWritten { get; init; } = [];

    /// <summary>True when entries came, went or changed their attributes, so that the directory must be listed.</summary>
    public bool NeedsWalk { get; init; }

    /// <summary>True when changes may have been lost.</summary>
    public bool IsIncomplete { get; init; }

    /// <summary>True when there is something to do.</summary>
    public bool HasNews => NeedsWalk || IsIncomplete || Complete.Count > 0;
}
