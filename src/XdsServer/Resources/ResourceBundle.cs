using System.Collections.Immutable;
using Google.Protobuf;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Resources;

/// <summary>A message under the name by which xDS clients subscribe to it. The message is frozen: nobody changes it.</summary>
/// <param name="Name">The resource's name, unique within its type.</param>
/// <param name="Message">The message, built from sorted inputs so that equal content has equal bytes.</param>
/// <param name="References">
/// Names of the resources it needs: the clusters of a route configuration, the route configurations of a listener; empty for
/// others. Sorted, without repeats.
/// </param>
internal readonly record struct NamedResource(string Name, IMessage Message, ImmutableArray<string> References)
{
    /// <summary>
    /// Bytes that make, one after the other, the serialised message, for a message of which most parts are serialised already;
    /// default for others.
    /// </summary>
    public ImmutableArray<ReadOnlyMemory<byte>> Parts { get; init; }
}

/// <summary>A weight that a service's traffic is split by, as it stands in the route.</summary>
/// <param name="Backend">The backend service, in the service's own namespace.</param>
/// <param name="Cluster">The name of the backend's cluster.</param>
/// <param name="Weight">The weight, relative to the sum of the list.</param>
internal sealed record RoutedWeight(string Backend, string Cluster, uint Weight);

/// <summary>
/// What the builders make of a mesh state for one node group: the Envoy resources of each type, sorted by name. A builder that
/// is given the previous bundle hands back the same message instances for unchanged input, so that they are not serialised anew.
/// </summary>
internal sealed record ResourceBundle
{
    /// <summary>Clusters (CDS).</summary>
    public required ImmutableArray<NamedResource> Clusters { get; init; }

    /// <summary>Cluster load assignments (EDS), one for each EDS cluster, empty ones included.</summary>
    public required ImmutableArray<NamedResource> Endpoints { get; init; }

    /// <summary>Listeners (LDS).</summary>
    public required ImmutableArray<NamedResource> Listeners { get; init; }

    /// <summary>Route configurations (RDS).</summary>
    public required ImmutableArray<NamedResource> Routes { get; init; }

    /// <summary>
    /// The weights that the default port of each service is shared by, in route order: those of the default route, or of the
    /// matching one where others go to a fallback; of the next port where no backend has the default one. One entry for a service without a split, none for a service whose requests
    /// are answered by the proxy itself (zero total).
    /// </summary>
    public required ImmutableSortedDictionary<NamespacedName, ImmutableArray<RoutedWeight>> Weights { get; init; }

    /// <summary>
    /// A hash of all that is routed for each service, every port and match: two bundles route a service alike when these are
    /// equal, those of other groups of nodes included.
    /// </summary>
    public ImmutableSortedDictionary<NamespacedName, UInt128> RouteContents { get; init; } =
        ImmutableSortedDictionary<NamespacedName, UInt128>.Empty;
}
