using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Ingest.Routing;
using XdsCanary.XdsServer.Ingest.Weights;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>A TrafficSplit as written: names not yet looked up.</summary>
internal sealed record TrafficSplitValue : DecodedValue
{
    /// <summary>The object's namespace and name.</summary>
    public required NamespacedName Name { get; init; }

    /// <summary>When the object was made; null when it does not say.</summary>
    public required DateTimeOffset? Created { get; init; }

    /// <summary><c>spec.service</c>: the service that clients call.</summary>
    public required PlacedText Root { get; init; }

    /// <summary><c>spec.backends</c>, at least one.</summary>
    public required EquatableArray<SplitBackend> Backends { get; init; }

    /// <summary><c>spec.matches</c>; empty for all requests.</summary>
    public required EquatableArray<SplitMatch> Matches { get; init; }

    /// <summary>The annotation <c>xdscanary.io/routing</c>; null when there is none.</summary>
    public required SplitRouting? Routing { get; init; }

    /// <summary>True when its owner asked that it not be applied.</summary>
    public required bool IsSkipped { get; init; }
}

/// <summary>A backend as written.</summary>
/// <param name="Service">The service named.</param>
/// <param name="Weight">Its weight, not below zero; zero when not given.</param>
internal sealed record SplitBackend(PlacedText Service, Rational Weight);

/// <summary>A reference to a group of matches.</summary>
/// <param name="Name">The group named.</param>
/// <param name="Kind">Its kind.</param>
/// <param name="Group">Its API group; empty when not given, which many clients leave out.</param>
internal sealed record SplitMatch(PlacedText Name, PlacedText Kind, PlacedText Group);
