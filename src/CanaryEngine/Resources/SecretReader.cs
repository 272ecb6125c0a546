using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads references to Secrets, which are always in the namespace of the object that has them.</summary>
internal static class SecretReader
{
    /// <summary>Reads a reference.</summary>
    /// <param name="field">The field.</param>
    /// <param name="findings">Tells the namespace.</param>
    /// <returns>The Secret; null when the field is absent.</returns>
    public static NamespacedName? Read(NodeReader field, Findings findings)
    {
        if (!field.Exists)
        {
            return null;
        }

        FieldNames.ReportUnknown(field, "name");
        return new NamespacedName(findings.Key.Namespace, field.Field("name").RequiredName("Write the name of a Secret"));
    }
}
