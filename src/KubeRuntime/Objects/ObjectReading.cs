using System.Collections.Immutable;

namespace XdsCanary.KubeRuntime.Objects;

/// <summary>What one document holds: a document of <c>kind: List</c> may hold many objects.</summary>
/// <param name="Objects">The objects that can be used, in the order written.</param>
/// <param name="Problems">The faults; an object with a fault is not among <paramref name="Objects"/>.</param>
public sealed record ObjectReading(ImmutableArray<SourceObject> Objects, ImmutableArray<ObjectProblem> Problems);
