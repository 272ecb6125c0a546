using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Reconcile;

/// <summary>Does what was decided, in order, and stops at the first effect that fails. Thread-safe.</summary>
/// <param name="workloads">The workloads.</param>
/// <param name="router">The traffic.</param>
internal sealed class EffectRunner(IWorkloads workloads, ITrafficRouter router)
{
    /// <summary>Does the effects.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="effects">What to do.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="WorkloadException">One could not be done.</exception>
    public async Task RunAsync(CanarySpec spec, EquatableArray<Effect> effects, CancellationToken cancellationToken)
    {
        foreach (var effect in effects)
        {
            await (effect switch
            {
                SetTraffic traffic => router.WriteAsync(spec, traffic.Plan, cancellationToken),
                HandBack => HandBackAsync(spec, effect, cancellationToken),
                _ => workloads.ApplyAsync(spec, effect, cancellationToken),
            });
        }
    }

    /// <summary>Lets the object of a deleted canary go whose spec is not accepted, so that nothing can be decided about it.</summary>
    /// <param name="key">The canary.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public ValueTask LetGoAsync(NamespacedName key, CancellationToken cancellationToken) =>
        workloads.LetGoAsync(key, cancellationToken);

    /// <summary>Forgets a canary that is gone.</summary>
    /// <param name="key">The canary.</param>
    public void Forget(NamespacedName key)
    {
        workloads.Forget(key);
        router.Forget(key);
    }

    private async ValueTask HandBackAsync(CanarySpec spec, Effect effect, CancellationToken cancellationToken)
    {
        await router.WriteAsync(spec, null, cancellationToken);
        await workloads.ApplyAsync(spec, effect, cancellationToken);
    }
}
