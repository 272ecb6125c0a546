using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Model;

/// <summary>Something about an object that shows only when resources are built for a group of nodes.</summary>
/// <param name="Key">The object.</param>
/// <param name="Condition">What was found, without faults: those need a place in the object.</param>
/// <param name="Path">The names that lead to the field at fault; empty for the whole object.</param>
/// <param name="Fix">What to do about it, without full stop.</param>
internal sealed record ObjectFinding(ObjectKey Key, ObjectCondition Condition, EquatableArray<string> Path, string Fix);
