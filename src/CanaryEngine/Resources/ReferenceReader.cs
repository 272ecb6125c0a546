using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Checks references of a canary to objects that Flagger makes use of and this engine does not.</summary>
internal static class ReferenceReader
{
    private static readonly string[] Scalers = ["HorizontalPodAutoscaler", "ScaledObject"];

    /// <summary>Checks them.</summary>
    /// <param name="spec">The canary's spec.</param>
    /// <param name="findings">Collects faults and notes.</param>
    public static void Check(NodeReader spec, Findings findings)
    {
        var scaler = spec.Field("autoscalerRef");
        CheckOne(scaler, Scalers, "primaryScalerQueries", "primaryScalerReplicas");
        if (findings.Options.Standalone && scaler.Exists)
        {
            scaler.Report("cannot be used in standalone mode: there is nothing to scale", "Remove it; autoscalers need Kubernetes");
        }
        else
        {
            findings.NoteUnused(scaler, "autoscalers are left as they are, and the primary gets none");
        }

        CheckRoute(spec.Field("ingressRef"), findings, "Ingress");
        CheckRoute(spec.Field("routeRef"), findings, "ApisixRoute");
        CheckRoute(spec.Field("upstreamRef"), findings, "Upstream", "namespace");
        CheckSpace(spec.Field("upstreamRef"), "gloo upstream", findings);
    }

    /// <summary>Reports a reference into another namespace where these are not allowed.</summary>
    /// <param name="reference">The object with <c>name</c> and <c>namespace</c>.</param>
    /// <param name="subject">What is referred to.</param>
    /// <param name="findings">Tells whether they are allowed.</param>
    public static void CheckSpace(NodeReader reference, string subject, Findings findings)
    {
        var space = reference.Field("namespace");
        if (findings.Options.NoCrossNamespaceReferences && space.Text() is { Length: > 0 } name && name != findings.Key.Namespace)
        {
            space.Report(
                $"can't access {subject} {reference.Field("name").Text()}.{name}, cross-namespace references are blocked",
                $"Use one in {findings.Key.Namespace}, or allow them in the server's settings");
        }
    }

    private static void CheckRoute(NodeReader field, Findings findings, string kind, params ReadOnlySpan<string> more)
    {
        CheckOne(field, [kind], more);
        findings.NoteUnused(field, "traffic goes by Envoy, and needs no object of another router");
    }

    private static void CheckOne(NodeReader field, string[] kinds, params ReadOnlySpan<string> more)
    {
        if (!field.Exists)
        {
            return;
        }

        FieldNames.ReportUnknown(field, ["apiVersion", "kind", "name", .. more]);
        field.Field("name").RequiredName($"Write the name of the {kinds[0]}, or remove {field.Path}");
        var kind = field.Field("kind");
        if (kind.RequiredText($"Write {string.Join(" or ", kinds)}") is { } text && !kinds.Contains(text))
        {
            kind.ReportUnknownWord(kinds);
        }
    }
}
