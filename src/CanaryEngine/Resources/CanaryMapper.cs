using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads Canary objects (flagger.app, v1beta1 and the v1alpha3 before it). Pure.</summary>
public static class CanaryMapper
{
    private const int LongestDeadline = 30 * 24 * 3600;

    /// <summary>Reads an object.</summary>
    /// <param name="source">The object.</param>
    /// <param name="options">What it is read for.</param>
    /// <returns>What it says, or all its faults.</returns>
    public static Mapped<CanarySpec> Map(SourceObject source, MapperOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        var findings = new Findings(source, options);
        findings.CheckFrame("v1beta1", "v1alpha3");
        var spec = findings.Root.Field("spec");
        FieldNames.ReportUnknown(
            spec, "targetRef", "service", "analysis", "canaryAnalysis", "provider", "metricsServer", "progressDeadlineSeconds",
            "skipAnalysis", "suspend", "revertOnDeletion", "autoscalerRef", "ingressRef", "routeRef", "upstreamRef");
        var target = TargetReader.Read(spec, findings);
        var autoscaler = ReferenceReader.Read(spec, target, findings);
        var isSkipped = spec.Field("skipAnalysis").Boolean() ?? false;
        var result = new CanarySpec
        {
            Key = source.Key.Name,
            Uid = findings.Root.Field("metadata").Field("uid").Text() ?? string.Empty,
            Generation = source.Generation,
            Target = target,
            Provider = ProviderReader.Read(spec.Field("provider"), findings),
            MetricsServer = spec.Field("metricsServer").WebAddress(),
            Autoscaler = autoscaler,
            Service = ServiceReader.Read(spec.Field("service"), target, findings),
            Analysis = AnalysisReader.Read(FindAnalysis(spec), isSkipped, findings),
            ProgressDeadline = TimeSpan.FromSeconds(spec.Field("progressDeadlineSeconds").Whole(1, LongestDeadline) ?? 600),
            SkipAnalysis = isSkipped,
            Suspend = spec.Field("suspend").Boolean() ?? false,
            RevertOnDeletion = spec.Field("revertOnDeletion").Boolean() ?? false,
        };
        return findings.Finish(() => result);
    }

    // The older spelling is taken in both versions: stores hand objects of one out as objects of the other.
    private static NodeReader FindAnalysis(NodeReader spec)
    {
        var (current, former) = (spec.Field("analysis"), spec.Field("canaryAnalysis"));
        if (current.Exists && former.Exists)
        {
            former.Report("is the older spelling of analysis, which is there, too", "Remove it");
        }

        return !current.Exists && former.Exists ? former : current;
    }
}
