using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads <c>spec.analysis.alerts</c>.</summary>
internal static class AlertReader
{
    /// <summary>Reads the list.</summary>
    /// <param name="field">The field.</param>
    /// <param name="findings">Tells what is allowed.</param>
    public static EquatableArray<AlertSpec> Read(NodeReader field, Findings findings) =>
        field.Items().Select(item => ReadOne(item, findings)).ToEquatableArray();

    private static AlertSpec ReadOne(NodeReader item, Findings findings)
    {
        FieldNames.ReportUnknown(item, "name", "severity", "providerRef");
        var name = item.Field("name").RequiredText("Write a name for the alert") ?? string.Empty;

        // Flagger documents info as the default, but sends nothing when the severity is empty: the documents are right here.
        var severity = item.Field("severity").Choice(
            ("info", AlertSeverity.Info), ("warn", AlertSeverity.Warn), ("error", AlertSeverity.Error), (string.Empty, AlertSeverity.Info));
        var reference = item.Field("providerRef");
        if (!reference.Exists)
        {
            reference.Report("is missing", "Write the name of an AlertProvider below it");
            return new AlertSpec(name, AlertSeverity.Info, default);
        }

        FieldNames.ReportUnknown(reference, "name", "namespace");
        ReferenceReader.CheckSpace(reference, "alert provider", findings);
        var provider = new NamespacedName(
            reference.Field("namespace").Namespace() ?? findings.Key.Namespace,
            reference.Field("name").RequiredName("Write the name of an AlertProvider"));
        return new AlertSpec(name, severity ?? AlertSeverity.Info, provider);
    }
}
