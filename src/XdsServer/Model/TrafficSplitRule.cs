using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Model;

/// <summary>
/// How the requests to one port of a service are shared among backends; resolved, ready to be written into a route.
/// </summary>
/// <param name="Root">The service that clients call.</param>
/// <param name="Port">Its port number; backends are reached at the same number.</param>
/// <param name="Split">The object that asked for it.</param>
/// <param name="Match">Which requests; null for all that no earlier rule took.</param>
/// <param name="Backends">
/// The backends, by name, without repeats; the weights sum to 1 to 4,294,967,295. Empty when no backend may take a request.
/// </param>
/// <param name="Refusal">With no backends, why: a sentence that the client is told. Otherwise null.</param>
internal sealed record TrafficSplitRule(
    NamespacedName Root,
    int Port,
    NamespacedName Split,
    RouteMatch? Match,
    EquatableArray<WeightedBackend> Backends,
    string? Refusal)
{
    /// <summary>Where copies of the requests go; null for nowhere.</summary>
    public MirrorPolicy? Mirror { get; init; }

    /// <summary>
    /// True for a rule whose weights are those of the service: not for one that takes certain requests out of the sharing.
    /// </summary>
    public bool CarriesWeights { get; init; }
}

/// <summary>Copies of requests, whose answers nobody sees.</summary>
/// <param name="Service">The service that gets the copies, in the namespace of the one that gets the requests.</param>
/// <param name="Percent">How many of the requests are copied, 1 to 100.</param>
internal sealed record MirrorPolicy(string Service, int Percent);
