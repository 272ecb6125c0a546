using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Webhooks;

/// <summary>Canaries, hooks and payloads for tests.</summary>
internal static class HookSamples
{
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(10);

    public static WebhookPayload Payload { get; } =
        new(new NamespacedName("test", "podinfo"), CanaryPhase.Progressing, "758df7c9fc", [new TemplateVariable("key", "value")]);

    public static WebhookSpec Hook(Uri url, int retries = 0) =>
        new() { Name = "hook", Type = WebhookType.Rollout, Url = url, Retries = retries };

    public static WebhookSpec EventHook(string name, Uri url) => new() { Name = name, Type = WebhookType.Event, Url = url };

    public static CanarySpec Canary(string name, params WebhookSpec[] hooks) => new()
    {
        Key = new NamespacedName("test", name),
        Target = new CanaryTarget(TargetKind.Deployment, name),
        Service = new CanaryService { Name = name },
        ProgressDeadline = TimeSpan.FromSeconds(60),
        Analysis = new AnalysisSpec
        {
            Strategy = CanaryStrategy.Canary,
            Interval = TimeSpan.FromSeconds(10),
            Threshold = 5,
            StepWeight = 5,
            MaxWeight = 50,
            WrittenMaxWeight = 50,
            Inconclusive = new InconclusiveLimits(1, 1, 1),
            Webhooks = [.. hooks],
        },
    };
}
