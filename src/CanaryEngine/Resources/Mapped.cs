using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>What an object says, or all that is wrong with it.</summary>
/// <typeparam name="T">The content.</typeparam>
/// <param name="Value">The content; null when there is a fault.</param>
/// <param name="Faults">The faults, in the order found.</param>
/// <param name="Notes">What is written and understood, but has no effect here; no reason to refuse the object.</param>
public sealed record Mapped<T>(T? Value, EquatableArray<ObjectProblem> Faults, EquatableArray<ObjectProblem> Notes)
    where T : class;
