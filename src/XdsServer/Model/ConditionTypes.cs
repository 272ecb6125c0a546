namespace XdsCanary.XdsServer.Model;

/// <summary>The values of <see cref="ObjectCondition.Type"/>.</summary>
internal static class ConditionTypes
{
    /// <summary>The object could be read and takes part in the mesh.</summary>
    public const string Accepted = "Accepted";

    /// <summary>Everything that the object refers to was found.</summary>
    public const string ResolvedRefs = "ResolvedRefs";
}
