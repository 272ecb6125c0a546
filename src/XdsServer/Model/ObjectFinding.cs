using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Model;

/// <summary>Something about an object that shows only when resources are built for a group of nodes.</summary>
/// <param name="Key">The object.</param>
/// <param name="Condition">What was found.</param>
internal sealed record ObjectFinding(ObjectKey Key, ObjectCondition Condition);
