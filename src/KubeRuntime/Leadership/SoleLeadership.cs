using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Leadership;

/// <summary>The leadership of a program that has no replicas: it always leads.</summary>
public sealed class SoleLeadership : ILeadership
{
    /// <inheritdoc/>
    public LeadershipState State => LeadershipState.Leading;

    /// <inheritdoc/>
    public bool MayWrite => true;

    /// <inheritdoc/>
    public string Leader => string.Empty;

    /// <inheritdoc/>
    public int Term => 0;

    /// <inheritdoc/>
    public ChangeSignal Changed { get; } = new();
}
