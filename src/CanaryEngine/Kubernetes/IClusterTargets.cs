using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Api;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Targets of one kind in a cluster. Everything can be done again without harm. Beside what is said, all throw
/// <see cref="WorkloadException"/> for what a person has to mend, and <see cref="KubeException"/> when the API server refuses or does
/// not answer. Thread-safe for different canaries.
/// </summary>
internal interface IClusterTargets
{
    /// <summary>Observes target, primary and canary. Throws nothing.</summary>
    /// <param name="spec">The canary.</param>
    WorkloadFacts Observe(CanarySpec spec);

    /// <summary>Makes the primary and its services if they are not there.</summary>
    Task EnsurePrimaryAsync(CanarySpec spec, CancellationToken cancellationToken);

    /// <summary>Makes, or takes over, the service that clients call, and points it at the primary.</summary>
    Task EnsureApexAsync(CanarySpec spec, CancellationToken cancellationToken);

    /// <summary>Keeps the target's revision and brings it up as the canary.</summary>
    Task StartAsync(CanarySpec spec, string revision, CancellationToken cancellationToken);

    /// <summary>Gives the primary a revision that was kept.</summary>
    Task PromoteAsync(CanarySpec spec, string revision, CancellationToken cancellationToken);

    /// <summary>Gives the primary the revision back that it had before.</summary>
    Task RestoreAsync(CanarySpec spec, CancellationToken cancellationToken);

    /// <summary>Takes the canary down, and drops what is not needed any more.</summary>
    Task StopAsync(CanarySpec spec, CancellationToken cancellationToken);

    /// <summary>Brings the target up for good: the canary is being deleted. Throws until it is ready.</summary>
    Task HandBackAsync(CanarySpec spec, CancellationToken cancellationToken);

    /// <summary>Points the service that clients call at the target again, unless it goes with the canary.</summary>
    Task HandBackApexAsync(CanarySpec spec, CancellationToken cancellationToken);

    /// <summary>Undoes what others changed in the objects that are made for the canary, and makes those that are missing.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="isServed">The primary serves: the service that clients call leads to it.</param>
    /// <param name="cancellationToken">Ends it.</param>
    Task KeepUpAsync(CanarySpec spec, bool isServed, CancellationToken cancellationToken);
}
