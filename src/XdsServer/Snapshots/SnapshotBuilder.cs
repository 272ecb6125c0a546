using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Resources;

namespace XdsCanary.XdsServer.Snapshots;

/// <summary>Turns built messages into a snapshot, serialising only what the previous snapshot does not hold already.</summary>
internal static class SnapshotBuilder
{
    /// <summary>Builds the successor of a snapshot.</summary>
    /// <param name="group">The node group.</param>
    /// <param name="bundle">The resources, sorted by name within their type.</param>
    /// <param name="previous">The snapshot to succeed; null for the first.</param>
    /// <returns>
    /// The new snapshot, or <paramref name="previous"/> itself when resources and weights are the same: then there is nothing to
    /// publish.
    /// </returns>
    public static XdsSnapshot Build(NodeGroup group, ResourceBundle bundle, XdsSnapshot? previous)
    {
        ImmutableArray<TypedResources> types =
        [
            Convert(ResourceType.Cluster, bundle.Clusters, previous),
            Convert(ResourceType.Endpoint, bundle.Endpoints, previous),
            Convert(ResourceType.Listener, bundle.Listeners, previous),
            Convert(ResourceType.Route, bundle.Routes, previous),
        ];
        if (previous is not null && types.All(typed => ReferenceEquals(typed, previous.Get(typed.Type)))
            && Same(previous.Weights.ByService, bundle.Weights))
        {
            return previous;
        }

        return new XdsSnapshot(group, (previous?.Generation ?? 0) + 1, types, bundle);
    }

    private static bool Same(
        ImmutableSortedDictionary<NamespacedName, ImmutableArray<RoutedWeight>> left,
        ImmutableSortedDictionary<NamespacedName, ImmutableArray<RoutedWeight>> right) =>
        ReferenceEquals(left, right)
        || (left.Count == right.Count
            && left.Zip(right).All(pair => pair.First.Key == pair.Second.Key && pair.First.Value.SequenceEqual(pair.Second.Value)));

    private static TypedResources Convert(ResourceType type, ImmutableArray<NamedResource> resources, XdsSnapshot? previous)
    {
        var before = previous?.Get(type);
        if (before is not null && before.Sources == resources)
        {
            return before;
        }

        var items = ImmutableArray.CreateBuilder<VersionedResource>(resources.Length);
        foreach (var resource in resources)
        {
            // Most often the names are those of before.
            var known = before is null ? null
                : before.Items.Length > items.Count && before.Items[items.Count] is var same && same.Name == resource.Name ? same
                : before.Find(resource.Name);
            items.Add(known is not null && Reusable(known, resource) ? known : Keep(known, VersionedResource.Create(resource)));
        }

        return TypedResources.Create(type, items.MoveToImmutable(), resources, before);
    }

    private static bool Reusable(VersionedResource known, NamedResource resource) =>
        ReferenceEquals(known.Source.Message, resource.Message);

    // Content that was built anew and came out the same keeps its old instance, so that comparisons by reference stay quick.
    private static VersionedResource Keep(VersionedResource? known, VersionedResource made) =>
        known is not null && known.Hash == made.Hash ? known : made;
}
