using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads <c>spec.targetRef</c>.</summary>
internal static class TargetReader
{
    private const string KnativeGroup = "serving.knative.dev/";

    /// <summary>Reads the target.</summary>
    /// <param name="spec">The canary's spec.</param>
    /// <param name="findings">Collects the faults.</param>
    public static CanaryTarget Read(NodeReader spec, Findings findings)
    {
        var field = spec.Field("targetRef");
        if (!field.Exists)
        {
            field.Report("is missing", "Write apiVersion, kind and name of what is released");
            return new CanaryTarget(TargetKind.Service, string.Empty);
        }

        FieldNames.ReportUnknown(field, "apiVersion", "kind", "name");
        var kindField = field.Field("kind");
        var kind = kindField.RequiredText("Write Deployment, DaemonSet or Service") is null
            ? null
            : kindField.Choice(
                ("Deployment", TargetKind.Deployment), ("DaemonSet", TargetKind.DaemonSet), ("Service", TargetKind.Service));
        CheckVersion(spec, field.Field("apiVersion"), kind);
        if (findings.Options.Standalone && kind is TargetKind.Deployment or TargetKind.DaemonSet)
        {
            kindField.Report($"cannot be {kind} in standalone mode", "Use kind: Service; Deployments need Kubernetes");
        }

        return new CanaryTarget(
            kind ?? TargetKind.Service, field.Field("name").RequiredName("Write the name of what is released"));
    }

    private static void CheckVersion(NodeReader spec, NodeReader field, TargetKind? kind)
    {
        var wanted = kind is TargetKind.Service ? "v1" : "apps/v1";
        var version = field.RequiredText($"Write {wanted}");
        var isKnative = version?.StartsWith(KnativeGroup, StringComparison.Ordinal) ?? false;
        CheckKnative(spec, field, version, kind, isKnative);
        if (version is not null && kind is not null && version != wanted && !isKnative)
        {
            field.Report($"must be {wanted} for a {kind}, not {field.Shown()}", $"Write {wanted}");
        }
    }

    // Knative routes by itself, so that a canary of it is refused whatever else it says; users of Flagger know these texts.
    private static void CheckKnative(NodeReader spec, NodeReader field, string? version, TargetKind? kind, bool isKnative)
    {
        var provider = spec.Field("provider").Text();
        if (!isKnative)
        {
            if (provider == "knative" && version is not null && kind is not null)
            {
                spec.Field("provider").Report(
                    $"can't use {version}/{kind} as target if provider is set to knative", "Remove it: traffic goes by Envoy");
            }

            return;
        }

        field.Report("Knative Services cannot be released here: they have no weights that Envoy routes by", "Use a Service of v1");
        if (provider is { Length: > 0 } and not "knative")
        {
            spec.Field("provider").Report(
                $"can't use {provider} provider with Knative Service as target", "Use a Service of v1 as the target");
        }

        if (spec.Field("autoscalerRef").Exists)
        {
            spec.Field("autoscalerRef").Report("can't use autoscaler with Knative Service", "Remove it");
        }
    }
}
