using System.Collections.Frozen;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>Tells which objects are the mesh's, and finds the mapper for each.</summary>
internal static class MeshKinds
{
    /// <summary>The API group of TrafficSplit.</summary>
    public const string SplitGroup = "split.smi-spec.io";

    /// <summary>The API group of HTTPRouteGroup.</summary>
    public const string SpecsGroup = "specs.smi-spec.io";

    /// <summary>The API group of EndpointSlice.</summary>
    public const string DiscoveryGroup = "discovery.k8s.io";

    private static readonly FrozenDictionary<(string Group, string Kind), Func<SourceObject, Decoded>> Mappers =
        new Dictionary<(string, string), Func<SourceObject, Decoded>>
        {
            [(string.Empty, "Service")] = ServiceMapper.Map,
            [(DiscoveryGroup, "EndpointSlice")] = EndpointSliceMapper.Map,
            [(SplitGroup, "TrafficSplit")] = TrafficSplitMapper.Map,
            [(SpecsGroup, "HTTPRouteGroup")] = HttpRouteGroupMapper.Map,
        }.ToFrozenDictionary();

    // Every kind of the groups that the mesh reads from, so that a misspelt one is told from one that belongs to others.
    private static readonly FrozenDictionary<string, string[]> Kinds = new Dictionary<string, string[]>
    {
        [string.Empty] =
        [
            "Service", "Binding", "ConfigMap", "Endpoints", "Event", "LimitRange", "List", "Namespace", "Node",
            "PersistentVolume", "PersistentVolumeClaim", "Pod", "PodTemplate", "ReplicationController", "ResourceQuota",
            "Secret", "ServiceAccount",
        ],
        [DiscoveryGroup] = ["EndpointSlice"],
        [SplitGroup] = ["TrafficSplit"],
        [SpecsGroup] = ["HTTPRouteGroup", "TCPRoute", "UDPRoute"],
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Finds the mapper of an object.</summary>
    /// <param name="source">The object.</param>
    /// <returns>The mapper; null for an object that is not the mesh's.</returns>
    public static Func<SourceObject, Decoded>? FindMapper(SourceObject source)
    {
        if (Mappers.TryGetValue((source.Key.Group, source.Key.Kind), out var mapper))
        {
            return source.Key.Group.Length == 0 && source.ApiVersion != "v1" ? RefuseVersion : mapper;
        }

        if (Kinds.TryGetValue(source.Key.Group, out var known))
        {
            return known.Contains(source.Key.Kind) ? null : RefuseKind;
        }

        return NearestGroup(source.Key) is null ? null : RefuseGroup;
    }

    // Other groups may have kinds of the same name; only one that is nearly ours is a slip.
    private static string? NearestGroup(ObjectKey key) => NearestName.Find(
        key.Group, [.. Mappers.Keys.Where(own => own.Kind == key.Kind && own.Group.Length > 0).Select(own => own.Group)]);

    private static Decoded RefuseGroup(SourceObject source)
    {
        var faults = new ObjectFaults(source);
        var version = source.ApiVersion[(source.ApiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..];
        faults.Report(
            ConditionReasons.UnknownKind, faults.Root.Field("apiVersion"),
            $"'{source.Key.Group}' has no kind '{source.Key.Kind}' that is known here",
            $"Write '{NearestGroup(source.Key)}/{version}'");
        return faults.Finish(Never);
    }

    private static Decoded RefuseVersion(SourceObject source)
    {
        var faults = new ObjectFaults(source);
        faults.Report(
            ConditionReasons.UnknownKind, faults.Root.Field("apiVersion"), $"must be v1, not '{source.ApiVersion}'", "Write v1");
        return faults.Finish(Never);
    }

    private static Decoded RefuseKind(SourceObject source)
    {
        var faults = new ObjectFaults(source);
        var kind = source.Key.Kind;
        var owner = Mappers.Keys.FirstOrDefault(key => key.Kind == kind);
        var nearest = NearestName.Find(kind, Kinds[source.Key.Group]);
        var fix = owner.Kind is not null ? $"Write apiVersion {(owner.Group.Length == 0 ? "v1" : $"{owner.Group}/VERSION")}"
            : nearest is not null ? $"Write '{nearest}'"
            : $"Write one of {string.Join(", ", Kinds[source.Key.Group])}";
        faults.Report(
            ConditionReasons.UnknownKind, faults.Root.Field("kind"), $"'{kind}' is not a kind of '{source.ApiVersion}'", fix);
        return faults.Finish(Never);
    }

    private static DecodedValue Never() => throw new System.Diagnostics.UnreachableException();
}
