using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads <c>spec.analysis</c>.</summary>
internal static class AnalysisReader
{
    private const int LongestGate = 30 * 24 * 3600;

    private static readonly TimeSpan ShortestInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ShortestWait = TimeSpan.FromMilliseconds(100);

    /// <summary>Reads the analysis.</summary>
    /// <param name="field">The field.</param>
    /// <param name="isSkipped">New revisions are promoted without it, so that it may be missing.</param>
    /// <param name="findings">Collects faults and notes.</param>
    public static AnalysisSpec Read(NodeReader field, bool isSkipped, Findings findings)
    {
        if (!field.Exists && !isSkipped)
        {
            field.Report("is missing", "Write how new revisions are judged, or skipAnalysis: true beside it");
        }

        FieldNames.ReportUnknown(
            field, "interval", "threshold", "iterations", "stepWeight", "stepWeights", "maxWeight", "stepWeightPromotion", "mirror",
            "mirrorWeight", "primaryReadyThreshold", "canaryReadyThreshold", "match", "metrics", "webhooks", "alerts",
            "sessionAffinity", "abort", "convergence", "inconclusive", "gateDeadlineSeconds");
        var match = MatchReader.Read(field.Field("match"));
        var steps = StepReader.Read(field, !match.Items.IsEmpty, isSkipped, findings);
        var threshold = field.Field("threshold").Whole(1, StepReader.MostChecks) ?? 1;
        var metrics = MetricReader.Read(field.Field("metrics"), findings);
        return steps with
        {
            Interval = field.Field("interval").Duration(ShortestInterval) ?? TimeSpan.FromSeconds(60),
            Threshold = threshold,
            PrimaryReadyThreshold = field.Field("primaryReadyThreshold").Whole(1, 100) ?? 100,
            CanaryReadyThreshold = field.Field("canaryReadyThreshold").Whole(1, 100) ?? 100,
            Match = match,
            Metrics = metrics,
            Webhooks = WebhookReader.Read(field.Field("webhooks"), findings),
            Alerts = AlertReader.Read(field.Field("alerts"), findings),
            SessionAffinity = AffinityReader.Read(field.Field("sessionAffinity")),
            Abort = ReadAbort(field.Field("abort"), metrics),
            Convergence = ReadConvergence(field.Field("convergence")),
            Inconclusive = ReadLimits(field.Field("inconclusive"), threshold),
            GateDeadline = field.Field("gateDeadlineSeconds").Whole(1, LongestGate) is { } seconds ? TimeSpan.FromSeconds(seconds) : null,
        };
    }

    private static AbortSpec ReadAbort(NodeReader field, EquatableArray<MetricCheck> metrics)
    {
        FieldNames.ReportUnknown(field, "disabled", "checks", "interval", "minSamples");
        var names = metrics.Items.Select(metric => metric.Name).ToArray();
        var checks = new List<string>();
        foreach (var item in field.Field("checks").Items())
        {
            var name = item.RequiredText("Write the name of a metric, or remove the item");
            if (name is not null && !names.Contains(name))
            {
                var nearest = NearestName.Find(name, names);
                item.Report(
                    $"{item.Shown()} is not the name of a metric of this canary",
                    nearest is null ? "Write the name of one of spec.analysis.metrics, or remove it" : $"Write '{nearest}'");
            }

            checks.Add(name ?? string.Empty);
        }

        var defaults = new AbortSpec();
        return new AbortSpec
        {
            Disabled = field.Field("disabled").Boolean() ?? false,
            Checks = checks.ToEquatableArray(),
            Interval = field.Field("interval").Duration(ShortestWait) ?? defaults.Interval,
            MinSamples = field.Field("minSamples").Whole(1, int.MaxValue) ?? defaults.MinSamples,
        };
    }

    private static ConvergenceSpec ReadConvergence(NodeReader field)
    {
        FieldNames.ReportUnknown(field, "percent", "timeout");
        var defaults = new ConvergenceSpec();
        return new ConvergenceSpec
        {
            Percent = field.Field("percent").Whole(0, 100) ?? defaults.Percent,
            Timeout = field.Field("timeout").Duration(ShortestWait) ?? defaults.Timeout,
        };
    }

    // Silence and outages are waited out longer than bad values; a wrong query does not mend itself.
    private static InconclusiveLimits ReadLimits(NodeReader field, int threshold)
    {
        FieldNames.ReportUnknown(field, "noTraffic", "providerOutage", "badQuery");
        var patience = Math.Max(Math.Min(3 * (long)threshold, StepReader.MostChecks), 10);
        return new InconclusiveLimits(
            field.Field("noTraffic").Whole(1, StepReader.MostChecks) ?? (int)patience,
            field.Field("providerOutage").Whole(1, StepReader.MostChecks) ?? (int)patience,
            field.Field("badQuery").Whole(1, StepReader.MostChecks) ?? threshold);
    }
}
