using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Leadership;

/// <summary>The lease that replicas compete for.</summary>
public sealed record LeaseOptions
{
    /// <summary>The Lease object (coordination.k8s.io/v1).</summary>
    public required NamespacedName Name { get; init; }

    /// <summary>Who this replica is; another one for each process.</summary>
    public required string Identity { get; init; }

    /// <summary>How long a lease lasts that is not renewed.</summary>
    public TimeSpan Duration { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>How often it is renewed; those that follow look at it twice as often.</summary>
    public TimeSpan RetryPeriod { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>How long before its lease runs out a leader stops to write: clocks of machines differ in pace.</summary>
    public TimeSpan Margin { get; init; } = TimeSpan.FromSeconds(3);
}
