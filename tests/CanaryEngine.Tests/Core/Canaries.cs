using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Core;

/// <summary>Makes specs and statuses with sensible defaults; a test names only what matters to it.</summary>
internal static class Canaries
{
    public const string Old = "rev-1";
    public const string New = "rev-2";
    public const string Newer = "rev-3";

    public static readonly DateTimeOffset Start = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

    public static CanarySpec Spec(AnalysisSpec? analysis = null, string name = "podinfo") => new()
    {
        Key = new NamespacedName("test", name),
        Generation = 1,
        Target = new CanaryTarget(TargetKind.Service, name),
        Service = new CanaryService { Name = name, Port = 80 },
        Analysis = analysis ?? Analysis(),
    };

    public static AnalysisSpec Analysis(
        int step = 10,
        int max = 50,
        int threshold = 5,
        int seconds = 10,
        IEnumerable<WebhookSpec>? hooks = null,
        IEnumerable<MetricCheck>? metrics = null) => new()
        {
            Strategy = CanaryStrategy.Canary,
            Interval = TimeSpan.FromSeconds(seconds),
            Threshold = threshold,
            StepWeight = step,
            MaxWeight = max,
            Metrics = (metrics ?? [SuccessRate]).ToEquatableArray(),
            Webhooks = (hooks ?? []).ToEquatableArray(),
            Inconclusive = new InconclusiveLimits(5, 10, 3),
            Abort = new AbortSpec { Disabled = true },
        };

    public static AnalysisSpec BlueGreen(int iterations = 2, bool mirror = false) => Analysis() with
    {
        Strategy = CanaryStrategy.BlueGreen,
        Iterations = iterations,
        StepWeight = 0,
        Mirror = mirror,
    };

    public static AnalysisSpec AbTest(int iterations = 2) => Analysis() with
    {
        Strategy = CanaryStrategy.AbTesting,
        Iterations = iterations,
        StepWeight = 0,
        Match = [new RequestMatch([new NamedMatch("x-user", new TextMatch(TextMatchKind.Exact, "insider"))], [])],
    };

    public static AnalysisSpec StepWeights(params int[] weights) => Analysis() with
    {
        StepWeight = 0,
        StepWeights = weights.ToEquatableArray(),
        MaxWeight = Math.Min(100, weights[^1]),
    };

    public static MetricCheck SuccessRate { get; } = new()
    {
        Name = MetricCheck.SuccessRateName,
        Source = MetricSource.SuccessRate,
        Range = new MetricRange(99, null),
    };

    public static WebhookSpec Hook(WebhookType type, string? name = null) => new()
    {
        Name = name ?? type.ToString(),
        Type = type,
        Url = new Uri($"http://hooks.test/{name ?? type.ToString()}"),
    };

    public static CanaryStatus Initialized() => new()
    {
        Phase = CanaryPhase.Initialized,
        LastAppliedSpec = Old,
        LastPromotedSpec = Old,
        LastTransitionTime = Start,
    };

    /// <summary>A run under way whose next check is due at <see cref="Start"/>.</summary>
    public static CanaryStatus Progressing(
        CanarySpec spec, int weight = 20, int failed = 0, CanaryPhase phase = CanaryPhase.Progressing) => Initialized() with
        {
            Phase = phase,
            CanaryWeight = weight,
            FailedChecks = failed,
            LastAppliedSpec = New,
            NextCheck = Start,
            Run = new RunStatus
            {
                Revision = New,
                StartedAt = Start.AddMinutes(-1),
                Plan = Plans.Of(spec),
                Before = CanaryPhase.Initialized,
                Weight = weight,
                Begun = weight > 0,
                ChangedAt = Start.AddSeconds(-10),
                TrafficSince = weight > 0 ? Start.AddSeconds(-10) : null,
            },
        };
}
