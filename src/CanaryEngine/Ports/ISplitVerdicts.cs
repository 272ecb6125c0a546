using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>What the traffic half makes of a TrafficSplit.</summary>
/// <param name="Name">The split.</param>
/// <param name="Generation">The generation that was read; 0 when it has none.</param>
/// <param name="Conditions">What is known, at most one condition of a type.</param>
public sealed record SplitVerdict(NamespacedName Name, long Generation, EquatableArray<CanaryCondition> Conditions);

/// <summary>What the traffic half makes of the TrafficSplits, whoever wrote them. Thread-safe.</summary>
public interface ISplitVerdicts
{
    /// <summary>All splits.</summary>
    IEnumerable<SplitVerdict> Current { get; }

    /// <summary>Raised when objects were read again.</summary>
    ChangeSignal Changed { get; }
}
