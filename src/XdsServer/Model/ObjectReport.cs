using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Model;

/// <summary>What the mesh makes of one object. The same instance as before for as long as nothing about it changes.</summary>
/// <param name="Key">The object.</param>
/// <param name="Origin">Where it was read from.</param>
/// <param name="Generation">The generation that the report is about; 0 when the object has none.</param>
/// <param name="Conditions">What is known, at most one condition of a type, by type.</param>
/// <param name="LastGoodInUse">True when the object cannot be read and its last readable version stays in use.</param>
internal sealed record ObjectReport(
    ObjectKey Key,
    ObjectOrigin Origin,
    long Generation,
    EquatableArray<ObjectCondition> Conditions,
    bool LastGoodInUse)
{
    /// <summary>True when every condition is well.</summary>
    public bool IsHealthy => Conditions.Items.All(condition => condition.Status);

    /// <summary>The faults of all conditions.</summary>
    public IEnumerable<ObjectProblem> Problems => Conditions.Items.SelectMany(condition => condition.Problems.Items);
}
