using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Standalone;

/// <summary>The Services of the manifests with their endpoints, found by name. Immutable.</summary>
internal sealed class TargetIndex
{
    private readonly Dictionary<NamespacedName, TargetSnapshot> _snapshots = [];
    private readonly Dictionary<NamespacedName, Sources> _sources = [];

    private TargetIndex()
    {
    }

    /// <summary>No Services.</summary>
    public static TargetIndex Empty { get; } = new();

    /// <summary>Indexes a set; what did not change is taken over from the index before.</summary>
    /// <param name="objects">The manifests.</param>
    /// <param name="before">The index before.</param>
    public static TargetIndex Of(ObjectSet objects, TargetIndex before)
    {
        var slices = objects.Objects.Values
            .Where(item => item.Key is { Kind: "EndpointSlice", Group: "discovery.k8s.io" })
            .Where(item => item.Labels.ContainsKey(TargetReader.ServiceLabel))
            .ToLookup(item => new NamespacedName(item.Key.Name.Namespace, item.Labels[TargetReader.ServiceLabel]));
        var index = new TargetIndex();
        foreach (var service in objects.Objects.Values.Where(item => item.Key is { Kind: "Service", Group: "" }))
        {
            var name = service.Key.Name;
            var sources = new Sources(service, [.. slices[name].OrderBy(slice => slice.Key.Name)]);
            var isKnown = before._sources.TryGetValue(name, out var known) && known.IsSame(sources);
            index._sources[name] = sources;
            index._snapshots[name] = isKnown ? before._snapshots[name] : TargetReader.Read(service, sources.Slices);
        }

        return index;
    }

    /// <summary>Finds a Service.</summary>
    /// <param name="name">Its name.</param>
    /// <returns>What it is now; null when there is none.</returns>
    public TargetSnapshot? Find(NamespacedName name) => _snapshots.GetValueOrDefault(name);

    /// <summary>The Services that are not the same in another index.</summary>
    /// <param name="other">The other index.</param>
    public IEnumerable<NamespacedName> Differences(TargetIndex other) => _snapshots.Keys.Union(other._snapshots.Keys)
        .Where(name => !ReferenceEquals(Find(name), other.Find(name)));

    private sealed record Sources(SourceObject Service, ImmutableArray<SourceObject> Slices)
    {
        public bool IsSame(Sources other) =>
            ReferenceEquals(Service, other.Service) && Slices.Length == other.Slices.Length
            && Slices.Zip(other.Slices).All(pair => ReferenceEquals(pair.First, pair.Second));
    }
}
