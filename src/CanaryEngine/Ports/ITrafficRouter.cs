using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>Directs a canary's traffic by a TrafficSplit. Thread-safe for different canaries.</summary>
public interface ITrafficRouter
{
    /// <summary>Reads where the traffic goes.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>The plan; null when there is none.</returns>
    ValueTask<TrafficPlan?> ReadAsync(CanarySpec spec, CancellationToken cancellationToken);

    /// <summary>Directs it. On return the change is on its way to the proxies, though perhaps not recorded yet.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="plan">Where to; null to leave the traffic to the target again.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask WriteAsync(CanarySpec spec, TrafficPlan? plan, CancellationToken cancellationToken);

    /// <summary>True once what was written last is part of what the proxies are told.</summary>
    /// <param name="spec">The canary.</param>
    bool IsPublished(CanarySpec spec);

    /// <summary>Forgets a canary that is gone, and with it what could not be recorded for it.</summary>
    /// <param name="key">The canary.</param>
    void Forget(NamespacedName key);
}
