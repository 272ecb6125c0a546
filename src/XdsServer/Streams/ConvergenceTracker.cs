using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Resources;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Streams;

/// <summary>
/// Tells from the streams' states which weights are live. A proxy counts when it subscribes to routes and its group sees the
/// service; what it routes by are the weights of the response that it acknowledged last. Thread-safe.
/// </summary>
/// <param name="registry">The open streams.</param>
/// <param name="snapshots">The published snapshots.</param>
internal sealed class ConvergenceTracker(StreamRegistry registry, SnapshotPublisher snapshots) : IConvergenceProbe
{
    /// <inheritdoc/>
    public ServiceConvergence Describe(NamespacedName service)
    {
        var wanted = snapshots.Groups
            .Where(group => group.Group.Sees(service.Namespace))
            .Select(group => group.Current?.Weights)
            .FirstOrDefault(weights => weights?.ByService.ContainsKey(service) == true);
        var (proxies, converged) = (0, 0);
        var lagging = ImmutableArray.CreateBuilder<LaggingProxy>();
        ImmutableArray<RoutedWeight>? common = null;
        var agree = true;
        foreach (var stream in registry.Streams)
        {
            if (stream.Node is not { } node || !node.Group.Sees(service.Namespace)
                || stream.State.Find(ResourceType.Route) is not { Subscription.IsEmpty: false } routes)
            {
                continue;
            }

            proxies++;
            var acknowledged = Find(routes.AckedWeights, service);
            agree &= proxies == 1 || Same(common, acknowledged);
            common = acknowledged;
            if (Follows(routes, wanted, service))
            {
                converged++;
            }
            else
            {
                lagging.Add(new LaggingProxy(node.Id, routes.Nack?.Reason.Message));
            }
        }

        return new ServiceConvergence(
            Convert(Find(wanted, service)) ?? [],
            agree ? Convert(common) : null,
            proxies,
            converged,
            lagging.ToImmutable(),
            IsKnown: wanted is not null);
    }

    /// <summary>
    /// The same, with the wanted weights even when no proxy of this replica is told about the service: those of other replicas are.
    /// </summary>
    /// <param name="service">The root service.</param>
    public ServiceConvergence DescribeWanted(NamespacedName service)
    {
        snapshots.Keep(service.Namespace);
        return Describe(service);
    }

    // A response under way counts against the proxy unless it routes the service as wanted: whether the proxy has applied it
    // already cannot be known before it answers.
    private static bool Follows(TypeState routes, RoutedWeights? wanted, NamespacedName service) =>
        IsAsWanted(routes.AckedWeights, wanted, service)
        && (routes.Outstanding is not { Awaited: true } underWay || IsAsWanted(underWay.Weights, wanted, service));

    private static bool IsAsWanted(RoutedWeights? weights, RoutedWeights? wanted, NamespacedName service) => wanted is null
        ? weights is null || !weights.ByService.ContainsKey(service)
        : wanted.RoutesAlike(weights, service);

    private static ImmutableArray<RoutedWeight>? Find(RoutedWeights? weights, NamespacedName service) =>
        weights is not null && weights.ByService.TryGetValue(service, out var found) ? found : null;

    private static bool Same(ImmutableArray<RoutedWeight>? left, ImmutableArray<RoutedWeight>? right) =>
        left is { } a && right is { } b ? a.SequenceEqual(b) : left is null && right is null;

    private static ImmutableArray<BackendWeight>? Convert(ImmutableArray<RoutedWeight>? weights) =>
        weights is { } known ? [.. known.Select(weight => new BackendWeight(weight.Backend, weight.Weight))] : null;
}
