using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// The engine's workloads in a cluster. What others have changed in the objects that are made for a canary is put right beside the
/// decisions: a fault in that holds up no rollback (H-08). Thread-safe for different canaries.
/// </summary>
/// <param name="targets">The targets of each kind.</param>
/// <param name="finalizer">Keeps a Canary object until its target has the traffic back.</param>
/// <param name="objects">The cluster.</param>
/// <param name="logger">The log.</param>
internal sealed class ClusterWorkloads(
    ClusterTargets targets, CanaryFinalizer finalizer, ClusterObjects objects, ILogger<ClusterWorkloads> logger) : IWorkloads
{
    private readonly ConcurrentDictionary<NamespacedName, (long Mesh, string Trouble)> _keptUp = new();

    /// <inheritdoc/>
    public async ValueTask<WorkloadFacts> ObserveAsync(CanarySpec spec, CanaryStatus status, CancellationToken cancellationToken)
    {
        var facts = targets.Of(spec).Observe(spec);
        if (facts.Target.Revision is not null && facts.Primary.Exists && !spec.Suspend)
        {
            await KeepUpAsync(spec, cancellationToken);
        }

        return facts;
    }

    /// <inheritdoc/>
    public async ValueTask ApplyAsync(CanarySpec spec, Effect effect, CancellationToken cancellationToken)
    {
        var own = targets.Of(spec);
        try
        {
            await (effect switch
            {
                EnsurePrimary => own.EnsurePrimaryAsync(spec, cancellationToken),
                StartCanary start => own.StartAsync(spec, start.Revision, cancellationToken),
                CopyToPrimary copy => own.PromoteAsync(spec, copy.Revision, cancellationToken),
                RestorePrimary => own.RestoreAsync(spec, cancellationToken),
                StopCanary => own.StopAsync(spec, cancellationToken),
                HandBack => finalizer.HandBackAsync(spec, own, cancellationToken),
                _ => throw new InvalidOperationException($"No workload effect {effect.GetType().Name} is known."),
            });
        }
        catch (KubeException exception)
        {
            throw new WorkloadException(exception.Message, exception);
        }
    }

    /// <summary>Forgets a canary.</summary>
    /// <param name="key">The canary.</param>
    public void Forget(NamespacedName key) => _keptUp.TryRemove(key, out _);

    // Only after something has changed in the traffic's objects, the services among them.
    private async Task KeepUpAsync(CanarySpec spec, CancellationToken cancellationToken)
    {
        var mesh = objects.Mesh.Current.Revision;
        var before = _keptUp.GetValueOrDefault(spec.Key, (-1, string.Empty));
        if (before.Mesh == mesh)
        {
            return;
        }

        var trouble = string.Empty;
        try
        {
            await targets.Of(spec).KeepUpAsync(spec, cancellationToken);
            await finalizer.EnsureAsync(spec, cancellationToken);
        }
        catch (Exception exception) when (exception is KubeException or WorkloadException)
        {
            trouble = exception.Message;
            if (trouble != before.Trouble)
            {
                logger.UpkeepFailed(spec.Key, trouble);
            }
        }

        // What failed is tried again with the next round.
        _keptUp[spec.Key] = (trouble.Length == 0 ? mesh : -1, trouble);
    }
}
