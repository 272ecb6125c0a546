using System.Collections.Immutable;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Reconcile;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// The canaries of a cluster, and what they refer to. Follows every object that concerns one of them; each replica does, so that one
/// that comes to lead need not begin to read. Thread-safe.
/// </summary>
/// <param name="objects">The cluster.</param>
/// <param name="index">Knows which objects concern which canaries.</param>
/// <param name="memory">Is told of canaries that are gone, and of faults.</param>
/// <param name="metrics">Counts.</param>
/// <param name="options">How canaries are read.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class ClusterCatalog(
    ClusterObjects objects,
    ObjectIndex index,
    ClusterMemory memory,
    CanaryMetrics metrics,
    MapperOptions options,
    TimeProvider time,
    ILogger<ClusterCatalog> logger) : BackgroundService, ICanaryCatalog, IMetricTemplates, IAlertProviders, ISecrets
{
    private readonly Lock _gate = new();
    private readonly HashSet<NamespacedName> _changed = [];
    private readonly ChangeSignal _changes = new();
    private CatalogContent _content = CatalogContent.Empty;
    private ImmutableHashSet<ObjectProblem> _known = [];
    private ObjectSet _seenWorkloads = ObjectSet.Empty;
    private ObjectSet _seenMesh = ObjectSet.Empty;

    /// <inheritdoc/>
    public ImmutableArray<NamespacedName> Keys => [.. Volatile.Read(ref _content).Canaries.Keys];

    /// <summary>Waits until everything that there is has been read once.</summary>
    /// <param name="cancellationToken">Gives up starting.</param>
    public override async Task StartAsync(CancellationToken cancellationToken)
    {
        foreach (var source in new[] { objects.Definitions, objects.Workloads, objects.Mesh })
        {
            await ((IObjectSource)source).WhenSyncedAsync(cancellationToken);
        }

        (_seenWorkloads, _seenMesh) = (objects.Workloads.Current, objects.Mesh.Current);
        Refresh();
        logger.EngineStarted(_content.Canaries.Count, _content.Canaries.Keys.Count(key => memory.StatusOf(key).Phase != CanaryPhase.None));
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

        index.Forget(key);
        memory.Forget(key);
    }

    /// <summary>Has every canary looked at.</summary>
    public void ChangeAll() => Change(Keys);

    /// <summary>Has canaries looked at.</summary>
    /// <param name="keys">Which.</param>
    public void Change(IEnumerable<NamespacedName> keys)
    {
        NamespacedName[] changed = [.. keys];
        if (changed.Length > 0)
        {
            lock (_gate)
            {
                _changed.UnionWith(changed);
            }

            _changes.Raise();
        }
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
        CatalogContent.FindSecret(objects.Workloads.Current, name);

    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (true)
        {
            var (definitions, workloads, mesh) =
                (objects.Definitions.Changed, objects.Workloads.Changed, objects.Mesh.Changed);
            var (seenDefinitions, seenWorkloads, seenMesh) = (definitions.Version, workloads.Version, mesh.Version);
            Refresh();
            using var enough = CancellationTokenSource.CreateLinkedTokenSource(stoppingToken);
            await Task.WhenAny(
                definitions.WaitAsync(seenDefinitions, enough.Token),
                workloads.WaitAsync(seenWorkloads, enough.Token),
                mesh.WaitAsync(seenMesh, enough.Token));
            await enough.CancelAsync();
            stoppingToken.ThrowIfCancellationRequested();
        }
    }

    private void Refresh()
    {
        HashSet<NamespacedName> changed = [.. Concerned(objects.Workloads.Current, ref _seenWorkloads), .. Concerned(objects.Mesh.Current, ref _seenMesh)];
        var definitions = objects.Definitions.Current;
        if (!ReferenceEquals(definitions, Volatile.Read(ref _content).Objects))
        {
            changed.UnionWith(RefreshDefinitions(definitions));
        }

        Change(changed);
    }

    private ImmutableHashSet<NamespacedName> Concerned(ObjectSet now, ref ObjectSet seen)
    {
        if (ReferenceEquals(now, seen))
        {
            return [];
        }

        var changed = now.ChangedSince(seen);
        seen = now;
        return changed is null ? [.. Keys] : [.. changed.SelectMany(key => index.Concerned(ServiceOf(now, key) ?? key))];
    }

    // An EndpointSlice concerns whom its Service does; one that is gone brings no endpoints that somebody waits for.
    private static ObjectKey? ServiceOf(ObjectSet objects, ObjectKey key) =>
        key.Kind == ClusterKinds.EndpointSlice
        && objects.Objects.GetValueOrDefault(key)?.Labels.GetValueOrDefault(ServiceEndpoints.ServiceLabel) is { } service
            ? ClusterKinds.Services.KeyOf(new NamespacedName(key.Name.Namespace, service))
            : null;

    private List<NamespacedName> RefreshDefinitions(ObjectSet definitions)
    {
        CatalogContent before, next;
        lock (_gate)
        {
            before = _content;
            next = before.Read(definitions, options);
            Volatile.Write(ref _content, next);
        }

        var changed = next.Canaries
            .Where(pair => !before.Canaries.TryGetValue(pair.Key, out var known)
                || !ReferenceEquals(known.Spec, pair.Value.Spec) || known.IsDeleted != pair.Value.IsDeleted)
            .Select(pair => pair.Key)
            .ToList();
        foreach (var spec in changed.Select(key => next.Canaries[key].Spec).OfType<CanarySpec>())
        {
            index.Use(spec);
        }

        metrics.Counted(before.Canaries.Keys.Concat(next.Canaries.Where(pair => !pair.Value.IsDeleted).Select(pair => pair.Key))
            .GroupBy(key => key.Namespace)
            .Select(group => KeyValuePair.Create(
                group.Key, group.Distinct().Count(key => next.Canaries.GetValueOrDefault(key) is { IsDeleted: false }))));
        foreach (var (key, entry) in next.Canaries)
        {
            if (!(before.Canaries.GetValueOrDefault(key)?.Problems ?? []).SequenceEqual(entry.Problems))
            {
                memory.Judge(key, entry.Problems);
            }
        }

        Report(next);
        return changed;
    }

    // Each fault is said once, when it comes up; the leader says it on the object, too.
    private void Report(CatalogContent content)
    {
        var problems = content.Problems.Concat(content.Canaries.Values.SelectMany(entry => entry.Problems)).ToImmutableHashSet();
        foreach (var problem in problems.Except(_known).OrderBy(problem => problem.ToString(), StringComparer.Ordinal))
        {
            logger.CanaryInvalid(problem.ToString());
            if (problem.Object is { Kind: CanaryKinds.Canary } canary)
            {
                memory.Complain(canary.Name, problem, time.GetUtcNow());
            }
        }

        _known = problems;
    }
}
