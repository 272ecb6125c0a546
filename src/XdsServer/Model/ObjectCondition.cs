using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Model;

/// <summary>One thing that is known about an object, in the form of a Kubernetes status condition.</summary>
/// <param name="Type">Which question it answers; see <see cref="ConditionTypes"/>. At most one condition of a type per object.</param>
/// <param name="Status">True when all is well in this respect, notices aside.</param>
/// <param name="Reason">Why, in one word; see <see cref="ConditionReasons"/>.</param>
/// <param name="Message">Why, for people; sentences without the object's name.</param>
/// <param name="Problems">The faults behind it, each with its place, field and mend; empty when there is none.</param>
internal sealed record ObjectCondition(
    string Type,
    bool Status,
    string Reason,
    string Message,
    EquatableArray<ObjectProblem> Problems)
{
    /// <summary>The condition of an object that could be read and is in use.</summary>
    public static ObjectCondition Accepted { get; } =
        new(ConditionTypes.Accepted, true, ConditionReasons.Accepted, "The object is in use", []);
}
