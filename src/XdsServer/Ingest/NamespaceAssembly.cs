using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>The mesh of one namespace as read from its objects, with what is needed to read its next state by the differences only.</summary>
internal sealed record NamespaceAssembly
{
    /// <summary>The mesh; the same instance as before when nothing in it changed.</summary>
    public required MeshNamespace Mesh { get; init; }

    /// <summary>The objects.</summary>
    public required ImmutableDictionary<ObjectKey, DecodedObject> Decoded { get; init; }

    /// <summary>The services that can be read.</summary>
    public required ImmutableDictionary<NamespacedName, ServiceValue> Services { get; init; }

    /// <summary>The endpoints.</summary>
    public required EndpointStage Endpoints { get; init; }

    /// <summary>The splits.</summary>
    public required SplitResolution Splits { get; init; }

    /// <summary>What became of each object; the same instance as before where nothing changed.</summary>
    public required ImmutableDictionary<ObjectKey, ObjectReport> Reports { get; init; }

    /// <summary>Those of the reports that tell of a fault.</summary>
    public required ImmutableDictionary<ObjectKey, ObjectReport> Faulty { get; init; }
}
