using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
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

    /// <summary>The objects that it was read from.</summary>
    public required ImmutableDictionary<ObjectKey, DecodedObject> Decoded { get; init; }

    /// <summary>The endpoints of each service.</summary>
    public required ImmutableDictionary<NamespacedName, ResolvedEndpoints> Endpoints { get; init; }
}
