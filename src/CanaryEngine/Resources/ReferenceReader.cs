using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads the reference to an autoscaler, and checks those to objects that Flagger makes use of and this engine does not.</summary>
internal static class ReferenceReader
{
    private static readonly string[] Scalers = ["HorizontalPodAutoscaler", "ScaledObject"];

    /// <summary>Reads and checks them.</summary>
    /// <param name="spec">The canary's spec.</param>
    /// <param name="target">The target.</param>
    /// <param name="findings">Collects faults and notes.</param>
    /// <returns>The autoscaler to act on; null when there is none.</returns>
    public static AutoscalerSpec? Read(NodeReader spec, CanaryTarget target, Findings findings)
    {
        CheckRoute(spec.Field("ingressRef"), findings, "Ingress");
        CheckRoute(spec.Field("routeRef"), findings, "ApisixRoute");
        CheckRoute(spec.Field("upstreamRef"), findings, "Upstream", "namespace");
        CheckSpace(spec.Field("upstreamRef"), "gloo upstream", findings);
        return ReadScaler(spec.Field("autoscalerRef"), target, findings);
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

    private static AutoscalerSpec? ReadScaler(NodeReader field, CanaryTarget target, Findings findings)
    {
        CheckOne(field, Scalers, "primaryScalerQueries", "primaryScalerReplicas");
        if (!field.Exists)
        {
            return null;
        }

        if (findings.Options.Standalone)
        {
            field.Report("cannot be used in standalone mode: there is nothing to scale", "Remove it; autoscalers need Kubernetes");
            return null;
        }

        if (target.Kind != TargetKind.Deployment)
        {
            findings.NoteUnused(field, $"a {target.Kind} has no replicas that could be scaled");
            return null;
        }

        if (field.Field("kind").Text() == "ScaledObject")
        {
            field.Field("kind").Report(
                "cannot be ScaledObject: KEDA is not supported", "Use a HorizontalPodAutoscaler, with the metrics of KEDA's adapter");
        }

        findings.NoteUnused(field.Field("primaryScalerQueries"), "it is for KEDA");
        var replicas = field.Field("primaryScalerReplicas");
        FieldNames.ReportUnknown(replicas, "minReplicas", "maxReplicas");
        var minimum = replicas.Field("minReplicas").Whole(1, int.MaxValue);
        var maximum = replicas.Field("maxReplicas").Whole(1, int.MaxValue);
        if (minimum > maximum)
        {
            replicas.Field("minReplicas").Report(
                $"must be at most maxReplicas, which is {maximum}, not {minimum}", "Write the smaller number into minReplicas");
        }

        return new AutoscalerSpec(field.Field("name").Text() ?? string.Empty, minimum, maximum);
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
