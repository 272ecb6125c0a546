using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Metrics;

/// <summary>The canary <c>web.shop</c> and metrics of it.</summary>
internal static class TestCanary
{
    public static CanarySpec Spec(params MetricCheck[] metrics) => new()
    {
        Key = new NamespacedName("shop", "web"),
        Target = new CanaryTarget(TargetKind.Deployment, "web-app"),
        Provider = "smi:v1alpha2",
        Service = new CanaryService { Name = "front", Port = 80 },
        Analysis = new AnalysisSpec
        {
            Strategy = CanaryStrategy.Canary,
            Interval = TimeSpan.FromMinutes(1),
            Threshold = 5,
            Inconclusive = new InconclusiveLimits(5, 5, 5),
            Metrics = [.. metrics],
        },
    };

    public static MetricCheck SuccessRate(double min = 99, bool relative = false) => new()
    {
        Name = MetricCheck.SuccessRateName,
        Source = MetricSource.SuccessRate,
        Range = new MetricRange(min, null, relative),
    };

    public static MetricCheck Duration(double max = 500, bool relative = false) => new()
    {
        Name = MetricCheck.DurationName,
        Source = MetricSource.Duration,
        Range = new MetricRange(null, max, relative),
    };

    public static MetricCheck Query(string query, bool relative = false) => new()
    {
        Name = "errors",
        Source = MetricSource.Query,
        Query = query,
        Range = new MetricRange(null, 10, relative),
    };

    public static MetricCheck Template(string name = "error-rate") => new()
    {
        Name = "errors",
        Source = MetricSource.Template,
        Template = new NamespacedName("shop", name),
        Range = new MetricRange(null, 10),
    };

    public static AskMetric Ask(MetricCheck check, bool forAbort = false, TimeSpan? window = null) =>
        new(check, window ?? check.Interval, forAbort);
}
