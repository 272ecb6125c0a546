using System.Collections.Immutable;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Protocol;

/// <summary>The protocol's few free choices. Immutable.</summary>
internal sealed record ProtocolSettings
{
    /// <summary>The defaults.</summary>
    public static ProtocolSettings Default { get; } = new();

    /// <summary>
    /// How long a response may stay unanswered before the next one of its type is sent all the same, and before routes stop
    /// waiting for a new cluster. Acknowledgements may never come (a proxy does not answer an empty response of a type that it
    /// does not watch), so every wait for one ends.
    /// </summary>
    public TimeSpan AckTimeout { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>
    /// How long a removal waits for the acknowledgement of the routes and listeners that no longer refer to it.
    /// </summary>
    public TimeSpan RemovalTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>
    /// Whether a first request without names means "everything". Off for fleets of gRPC clients, which send an empty list when
    /// they drop their last name.
    /// </summary>
    public bool LegacyWildcard { get; init; } = true;

    /// <summary>Type URLs for which it does not, where <see cref="LegacyWildcard"/> is on.</summary>
    public ImmutableArray<string> NoLegacyWildcard { get; init; } = [];

    /// <summary>Different type URLs that one stream may ask for.</summary>
    public int MaxTypes { get; init; } = 64;

    /// <summary>Tells whether a first request of a type without names means "everything".</summary>
    /// <param name="type">The type.</param>
    public bool AllowsLegacyWildcard(ResourceType type) => LegacyWildcard && !NoLegacyWildcard.Contains(type.TypeUrl);
}
