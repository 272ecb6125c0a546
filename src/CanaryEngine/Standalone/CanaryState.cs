using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Standalone;

/// <summary>
/// Everything that is kept of one canary in standalone mode, written as one file so that it is never half of one moment and
/// half of another. Immutable.
/// </summary>
internal sealed record CanaryState
{
    /// <summary>The layout of the file.</summary>
    public int Version { get; init; } = 1;

    /// <summary>The canary.</summary>
    public required NamespacedName Key { get; init; }

    /// <summary>The apex service's name: what is served must not depend on a manifest that may be broken at the next start.</summary>
    public required string Apex { get; init; }

    /// <summary>The target's name.</summary>
    public required string Target { get; init; }

    /// <summary>What is remembered.</summary>
    public CanaryStatus Status { get; init; } = CanaryStatus.Empty;

    /// <summary>Where the traffic goes; null while it is the target's own.</summary>
    public TrafficPlan? Traffic { get; init; }

    /// <summary>What the primary serves; null before there is one.</summary>
    public TargetSnapshot? Primary { get; init; }

    /// <summary>What the primary served before the last promotion.</summary>
    public TargetSnapshot? PreviousPrimary { get; init; }

    /// <summary>What the canary serves; null before the first run.</summary>
    public TargetSnapshot? Canary { get; init; }

    /// <summary>The last events, oldest first.</summary>
    public EquatableArray<CanaryEvent> Events { get; init; }

    /// <summary>The canary was deleted and the traffic given back.</summary>
    public bool HandedBack { get; init; }
}
