using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Reconcile;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Standalone;

/// <summary>
/// The canaries of a directory of manifests, and what they refer to. Started after the manifests and before the traffic half: it
/// reads the states and publishes their objects, so that the first snapshot already has every canary's weights. Thread-safe.
/// </summary>
/// <param name="manifests">The manifests.</param>
/// <param name="world">Takes over the targets.</param>
/// <param name="layer">Where the objects of states go.</param>
/// <param name="metrics">Counts.</param>
/// <param name="options">How canaries are read.</param>
/// <param name="logger">The log.</param>
internal sealed class StandaloneCatalog(
    IObjectSource manifests,
    StandaloneWorld world,
    LayeredObjectSource layer,
    CanaryMetrics metrics,
    MapperOptions options,
    ILogger<StandaloneCatalog> logger) : BackgroundService, ICanaryCatalog, IMetricTemplates, IAlertProviders, ISecrets
{
    private readonly Lock _gate = new();
    private readonly HashSet<NamespacedName> _changed = [];
    private readonly ChangeSignal _changes = new();
    private CatalogContent _content = CatalogContent.Empty;
    private TargetIndex _targets = TargetIndex.Empty;
    private ImmutableHashSet<ObjectProblem> _known = [];

    /// <inheritdoc/>
    public ImmutableArray<NamespacedName> Keys => [.. Volatile.Read(ref _content).Canaries.Keys];

    /// <summary>Everything that is wrong with the engine's objects.</summary>
    public ImmutableArray<ObjectProblem> Problems => Volatile.Read(ref _content).Problems;

    /// <summary>Reads everything once.</summary>
    /// <param name="cancellationToken">Gives up starting.</param>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        await manifests.WhenSyncedAsync(cancellationToken);

        var objects = manifests.Current;
        _targets = TargetIndex.Of(objects, TargetIndex.Empty);
        world.Load(_targets);
        Refresh(objects);
        ReleaseGone();
        layer.CompleteUpper();
        logger.EngineStarted(_content.Canaries.Count, world.States.Count());
        await base.StartAsync(cancellationToken);
    }

    /// <inheritdoc/>
    public CatalogEntry? Find(NamespacedName key) => Volatile.Read(ref _content).Canaries.GetValueOrDefault(key);

    /// <inheritdoc/>
    public void Forget(NamespacedName key)
    {
        lock (_gate)
        {
            Volatile.Write(ref _content, _content.Without(key));
        }

        world.Release(key);
    }

    /// <inheritdoc/>
    public async Task<IReadOnlyCollection<NamespacedName>> WaitForChangesAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var seen = _changes.Version;
            lock (_gate)
            {
                if (_changed.Count > 0)
                {
                    NamespacedName[] changed = [.. _changed];
                    _changed.Clear();
                    return changed;
                }
            }

            await _changes.WaitAsync(seen, cancellationToken);
        }
    }

    MetricTemplateSpec? IMetricTemplates.Find(NamespacedName name) => Volatile.Read(ref _content).Templates.GetValueOrDefault(name);

    AlertProviderSpec? IAlertProviders.Find(NamespacedName name) => Volatile.Read(ref _content).Providers.GetValueOrDefault(name);

    ImmutableDictionary<string, string>? ISecrets.Find(NamespacedName name) =>
        CatalogContent.FindSecret(Volatile.Read(ref _content).Objects, name);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var follow = layer.FollowAsync(stoppingToken);
        while (true)
        {
            var seen = manifests.Changed.Version;
            if (!ReferenceEquals(manifests.Current, Volatile.Read(ref _content).Objects))
            {
                Refresh(manifests.Current);
            }

            await Task.WhenAny(manifests.Changed.WaitAsync(seen, stoppingToken), follow);
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    private void Refresh(ObjectSet objects)
    {
        var targets = TargetIndex.Of(objects, _targets);
        var moved = targets.Differences(_targets).ToHashSet();
        _targets = targets;
        world.UseTargets(targets);
        lock (_gate)
        {
            var (before, next) = (_content, _content.Read(objects, options));
            Volatile.Write(ref _content, next);
            foreach (var (key, entry) in next.Canaries)
            {
                var isSame = before.Canaries.TryGetValue(key, out var known)
                    && ReferenceEquals(known.Spec, entry.Spec) && known.IsDeleted == entry.IsDeleted;
                if (!isSame || (entry.Spec is { } spec && IsConcerned(spec, moved)))
                {
                    _changed.Add(key);
                }
            }

            Count(before, next);
        }

        _changes.Raise();
        Report();
    }

    private static bool IsConcerned(CanarySpec spec, HashSet<NamespacedName> services) =>
        services.Contains(new NamespacedName(spec.Key.Namespace, spec.Target.Name)) || services.Contains(spec.Apex);

    private void Count(CatalogContent before, CatalogContent next)
    {
        var counts = before.Canaries.Keys.Select(key => key.Namespace).Distinct().ToDictionary(space => space, _ => 0);
        foreach (var space in next.Canaries.Where(pair => !pair.Value.IsDeleted).Select(pair => pair.Key.Namespace))
        {
            counts[space] = counts.GetValueOrDefault(space) + 1;
        }

        metrics.Counted(counts);
    }

    // Each fault is said once, when it comes up.
    private void Report()
    {
        var problems = _content.Problems.Concat(_content.Canaries.Values.SelectMany(entry => entry.Problems)).ToImmutableHashSet();
        foreach (var problem in problems.Except(_known).OrderBy(problem => problem.ToString(), StringComparer.Ordinal))
        {
            logger.CanaryInvalid(problem.ToString());
            if (problem.Object is { Kind: CanaryKinds.Canary } canary)
            {
                world.Note(canary.Name, problem.ToString());
            }
        }

        _known = problems;
    }

    private void ReleaseGone()
    {
        var known = _content.Canaries;
        var unreadable = _content.Objects.Problems.Select(problem => problem.Object?.Name).ToHashSet();
        foreach (var state in world.States.Where(state => !state.HandedBack).ToList())
        {
            // A manifest that cannot be read is no deletion: the traffic stays where it is.
            if (!known.ContainsKey(state.Key) && !unreadable.Contains(state.Key))
            {
                world.Release(state.Key);
                logger.CanaryGone(state.Key);
            }
        }
    }
}
