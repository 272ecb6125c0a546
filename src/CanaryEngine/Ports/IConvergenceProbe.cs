using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>
/// Tells which weights of a service are live: wanted by the control plane, and acknowledged by the connected proxies. The
/// one direct line from the traffic side back to the engine; everything else goes through objects. Thread-safe.
/// </summary>
public interface IConvergenceProbe
{
    /// <summary>Describes a service's weights now, as far as the proxies of this replica go.</summary>
    /// <param name="service">The root service.</param>
    /// <returns>The state; with no wanted weights when the service is unknown.</returns>
    ServiceConvergence Describe(NamespacedName service);

    /// <summary>The same with the proxies of all replicas.</summary>
    /// <param name="service">The root service.</param>
    /// <param name="patience">
    /// How long whoever asks waits, in all, before it holds proxies that lag against the revision: those of a replica that does not
    /// answer are counted for less than that.
    /// </param>
    /// <param name="cancellationToken">Ends the wait for the other replicas.</param>
    ValueTask<ServiceConvergence> DescribeFleetAsync(NamespacedName service, TimeSpan patience, CancellationToken cancellationToken) =>
        ValueTask.FromResult(Describe(service));
}

/// <summary>A backend's share of a service's traffic.</summary>
/// <param name="Backend">The backend service.</param>
/// <param name="Weight">Its weight, relative to the sum over the service's backends.</param>
public sealed record BackendWeight(string Backend, uint Weight);

/// <summary>A proxy that is connected but does not route by the wanted weights.</summary>
/// <param name="Node">The proxy's node id.</param>
/// <param name="Rejection">The proxy's own message if it rejected the route; null if it has not answered yet.</param>
public sealed record LaggingProxy(string Node, string? Rejection);

/// <summary>How far the connected proxies follow a service's weights.</summary>
/// <param name="Wanted">The weights published last, in route order.</param>
/// <param name="Acknowledged">
/// The weights that every connected proxy has acknowledged; null when there is no proxy, or when they differ.
/// </param>
/// <param name="Proxies">How many connected proxies subscribe to the service's route.</param>
/// <param name="Converged">How many of them have acknowledged the wanted weights.</param>
/// <param name="Lagging">Those that have not.</param>
/// <param name="IsKnown">False for a service that no proxy is told about, for example one that was deleted.</param>
public sealed record ServiceConvergence(
    ImmutableArray<BackendWeight> Wanted,
    ImmutableArray<BackendWeight>? Acknowledged,
    int Proxies,
    int Converged,
    ImmutableArray<LaggingProxy> Lagging,
    bool IsKnown = true)
{
    /// <summary>True when the service is known, a proxy is connected and all proxies have acknowledged the wanted weights.</summary>
    public bool IsLive => IsKnown && Proxies > 0 && Converged == Proxies;
}
