using System.Collections.Immutable;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>The mesh as read from a set of objects, with what is needed to read the next set by its differences only.</summary>
internal sealed record MeshAssembly
{
    /// <summary>The mesh; the same instance as in the assembly before when nothing in it changed.</summary>
    public required MeshState State { get; init; }

    /// <summary>What became of each object of the mesh's kinds, by key; the same instances as before where nothing changed.</summary>
    public required ImmutableArray<ObjectReport> Reports { get; init; }

    /// <summary>The options that it was read with.</summary>
    public required MeshOptions Options { get; init; }
}
