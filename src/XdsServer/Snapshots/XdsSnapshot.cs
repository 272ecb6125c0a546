using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Resources;

namespace XdsCanary.XdsServer.Snapshots;

/// <summary>
/// The weights that the routes of a snapshot use. Kept apart from the snapshot so that a stream can remember what its client
/// acknowledged without keeping old resources alive.
/// </summary>
/// <param name="Generation">The snapshot's generation.</param>
/// <param name="ByService">See <see cref="ResourceBundle.Weights"/>.</param>
/// <param name="Contents">See <see cref="ResourceBundle.RouteContents"/>.</param>
internal sealed record RoutedWeights(
    long Generation,
    ImmutableSortedDictionary<NamespacedName, ImmutableArray<RoutedWeight>> ByService,
    ImmutableSortedDictionary<NamespacedName, UInt128> Contents)
{
    /// <summary>Tells whether a service is routed alike in two snapshots, or is in neither.</summary>
    /// <param name="other">The weights of the other snapshot; null for none.</param>
    /// <param name="service">The service.</param>
    public bool RoutesAlike(RoutedWeights? other, NamespacedName service)
    {
        if (ReferenceEquals(this, other))
        {
            return true;
        }

        var known = ByService.TryGetValue(service, out var mine);
        if (other is null || !other.ByService.TryGetValue(service, out var theirs))
        {
            return !known;
        }

        return known && mine.SequenceEqual(theirs)
            && Contents.GetValueOrDefault(service) == other.Contents.GetValueOrDefault(service);
    }
}

/// <summary>All resources of one node group at one moment. Immutable; published whole.</summary>
internal sealed class XdsSnapshot
{
    private readonly ImmutableArray<TypedResources> _byType;

    /// <summary>Makes a snapshot.</summary>
    /// <param name="group">The node group it is for.</param>
    /// <param name="generation">Rises with every snapshot of the group; for order, never sent.</param>
    /// <param name="byType">One set for each type of <see cref="ResourceType.InPushOrder"/>, in that order.</param>
    /// <param name="bundle">What it was made of, for the weights of the routes.</param>
    public XdsSnapshot(
        NodeGroup group,
        long generation,
        ImmutableArray<TypedResources> byType,
        ResourceBundle bundle)
    {
        Group = group;
        Generation = generation;
        _byType = byType;
        Weights = new RoutedWeights(generation, bundle.Weights, bundle.RouteContents);
    }

    /// <summary>The node group it is for.</summary>
    public NodeGroup Group { get; }

    /// <summary>Order among the snapshots of the group. Content is told by the versions, not by this.</summary>
    public long Generation { get; }

    /// <summary>The weights of the routes.</summary>
    public RoutedWeights Weights { get; }

    /// <summary>The sets, in push order.</summary>
    public ImmutableArray<TypedResources> Types => _byType;

    /// <summary>The resources of a type; an empty set for a type that the server does not make.</summary>
    /// <param name="type">The type.</param>
    public TypedResources Get(ResourceType type) => type.IsKnown ? _byType[type.Order] : type.NoResources;
}
