using System.Collections.Immutable;
using System.Runtime.CompilerServices;
using XdsCanary.XdsServer.Resources;

namespace XdsCanary.XdsServer.Snapshots;

/// <summary>
/// All resources of one type in a snapshot, sorted by name. Immutable; the memos inside (differences, response bodies) are
/// functions of the content, so sharing the instance between streams is safe and is the point.
/// </summary>
internal sealed class TypedResources
{
    // Keyed weakly: a set must not keep all its predecessors alive, only those that a slow stream still refers to.
    private readonly ConditionalWeakTable<TypedResources, ResourceDiff> _diffs = [];

    private TypedResources(ResourceType type, ImmutableArray<VersionedResource> items, ImmutableArray<NamedResource> sources)
    {
        Type = type;
        Items = items;
        Sources = sources;
        foreach (var item in items)
        {
            HashSum += item.Hash;
        }

        Version = ContentHash.ToVersion(HashSum);
    }

    /// <summary>The type of the resources.</summary>
    public ResourceType Type { get; }

    /// <summary>The resources, sorted by name (ordinal).</summary>
    public ImmutableArray<VersionedResource> Items { get; }

    /// <summary>The messages that the resources were made of, in the same order.</summary>
    public ImmutableArray<NamedResource> Sources { get; }

    /// <summary>
    /// Sum of the hashes of the items: equal content gives equal sums on every replica, whatever the order of building.
    /// </summary>
    public UInt128 HashSum { get; }

    /// <summary><see cref="HashSum"/> as clients see it.</summary>
    public string Version { get; }

    /// <summary>Response bodies made from this set, each serialised once.</summary>
    public ResponseBodies Bodies { get; } = new();

    /// <summary>Makes a set; the previous one is handed back when nothing differs.</summary>
    /// <param name="type">The type.</param>
    /// <param name="items">The resources, sorted by name, without repeats.</param>
    /// <param name="sources">The messages that they were made of.</param>
    /// <param name="previous">The set that this one would replace.</param>
    public static TypedResources Create(
        ResourceType type,
        ImmutableArray<VersionedResource> items,
        ImmutableArray<NamedResource> sources,
        TypedResources? previous)
    {
        var next = new TypedResources(type, items, sources);
        return previous is not null && previous.HashSum == next.HashSum && previous.Items.Length == items.Length ? previous : next;
    }

    /// <summary>An empty set. Call it through <see cref="ResourceType.NoResources"/>, which keeps one for each type.</summary>
    /// <param name="type">The type.</param>
    public static TypedResources Empty(ResourceType type) => new(type, [], []);

    /// <summary>Finds a resource by name.</summary>
    /// <param name="name">The exact name.</param>
    /// <returns>The resource, or null.</returns>
    public VersionedResource? Find(string name)
    {
        int low = 0, high = Items.Length - 1;
        while (low <= high)
        {
            var middle = (low + high) >>> 1;
            var order = string.CompareOrdinal(Items[middle].Name, name);
            if (order == 0)
            {
                return Items[middle];
            }

            (low, high) = order < 0 ? (middle + 1, high) : (low, middle - 1);
        }

        return null;
    }

    /// <summary>What turns <paramref name="before"/> into this set; computed once for all streams that were sent it.</summary>
    /// <param name="before">An older set of the same type, of this or of another node group.</param>
    public ResourceDiff DiffFrom(TypedResources before) =>
        _diffs.GetValue(before, old => ResourceDiff.Between(old, this));
}
