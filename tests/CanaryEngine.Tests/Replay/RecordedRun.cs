using System.Text.Json;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Tests.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Replay;

/// <summary>Drives the core with the inputs of a recorded run.</summary>
internal static class RecordedRun
{
    /// <summary>All recorded runs.</summary>
    public static IReadOnlyList<JsonElement> All()
    {
        using var stream = typeof(RecordedRun).Assembly.GetManifestResourceStream("flagger-runs")!;
        using var document = JsonDocument.Parse(stream);
        return [.. document.RootElement.EnumerateArray().Select(run => run.Clone())];
    }

    public static SimulatedWorld Replay(JsonElement run)
    {
        var name = run.GetProperty("name").GetString()!;
        var world = new SimulatedWorld(Spec(run, name));
        world.Primary.Delay = TimeSpan.FromSeconds(5);
        world.Primary.Text = "waiting for rollout to finish: observed deployment generation less than desired generation";
        world.Metrics = _ => Answer(name);
        world.Hooks = ask => new HookAnswer(
            ask.Hook.Type != WebhookType.Rollback && world.Calls.Count(call => call.Ask.Hook == ask.Hook) > ClosedFor(name, ask.Hook.Type),
            "closed");
        world.RunUntil(CanaryPhase.Initialized).Run(1);
        world.Primary.Delay = TimeSpan.Zero;
        world.Canary.Forced = name == "deadline" ? Readiness.Waiting : null;
        world.Canary.Text = "waiting for rollout to finish: 0 of 2 (readyThreshold 100%) updated replicas are available";
        world.Spec = world.Spec with { Suspend = name == "suspended" };
        world.Target = Canaries.New;
        world.Run(160);
        if (name == "reverted")
        {
            world.IsDeleted = true;
            world.Settle();
        }

        return world;
    }

    public static List<string> Read(SimulatedWorld world, string aspect, JsonElement run)
    {
        var steps = world.Steps.Where(step => step.After.Phase != CanaryPhase.None).ToList();
        return aspect switch
        {
            "course" => Distinct(steps.Select(step => $"{step.After.Phase}/{step.After.CanaryWeight}")),
            "failedChecks" => Distinct(steps.Select(step => $"{step.After.FailedChecks}")),
            "iterations" => Distinct(steps.Select(step => $"{step.After.Iterations}")),
            "alerts" => [.. world.Alerts],
            "hooks" => Hooks(world, run),
            "traffic" => Distinct(Splits(world).Select(split => $"{split.Plan.Canary}")),
            _ => Distinct(world.Notices.SelectMany(notice => Events(world.Spec, notice))
                .Select(told => TellsPhases(run) ? $"{told.Kind} {told.Phase} {told.Text}" : $"{told.Kind} {told.Text}")),
        };
    }

    /// <summary>Whether a run's events were recorded with their phases: its event hook was told them, and Flagger's log is not.</summary>
    public static bool TellsPhases(JsonElement run) =>
        run.GetProperty("webhooks").EnumerateArray().Any(hook => hook[1].GetString() == "event");

    // The provider without routes has no split.
    private static IEnumerable<SetTraffic> Splits(SimulatedWorld world) =>
        Plans.Of(world.Spec).MovesTraffic ? world.Effects.OfType<SetTraffic>() : [];

    private static IEnumerable<(string Kind, CanaryPhase Phase, string Text)> Events(CanarySpec spec, Notice notice) => notice switch
    {
        EventNotice told => [(told.IsWarning ? "Warning" : "Normal", told.Phase, told.Text)],
        PostRolloutNotice post => spec.Analysis.HooksOf(WebhookType.PostRollout)
            .Select(hook => ("Normal", post.Phase, Texts.HookPassed(hook.Type, hook.Name))),
        _ => [],
    };

    // The rollback hook's receiver was not there, so its calls were not recorded.
    private static List<string> Hooks(SimulatedWorld world, JsonElement run)
    {
        var paths = run.GetProperty("webhooks").EnumerateArray().ToDictionary(hook => hook[0].GetString()!, hook => hook[2].GetString()!);
        var calls = world.Calls.Where(call => call.Ask.Hook.Type != WebhookType.Rollback)
            .Select(call => (call.At, Text: $"{paths[call.Ask.Hook.Name]} {call.Ask.Phase}"));
        var posts = world.Steps.SelectMany(step => step.Decision.Notices.OfType<PostRolloutNotice>().SelectMany(post =>
            world.Spec.Analysis.HooksOf(WebhookType.PostRollout)
                .Select(hook => (step.At, Text: $"{paths[hook.Name]} {post.Phase}"))));
        return [.. calls.Concat(posts).OrderBy(call => call.At).Select(call => call.Text)];
    }

    private static int ClosedFor(string name, WebhookType type) => (name, type) switch
    {
        ("gated", WebhookType.ConfirmRollout) => 5,
        ("gated", WebhookType.ConfirmPromotion) => 3,
        _ => 0,
    };

    private static MetricAnswer Answer(string name) => name switch
    {
        "failing" => new MetricAnswer(50),
        "latent" => new MetricAnswer(5000),
        "templated" => new MetricAnswer(100),
        "novalues" => new MetricAnswer(null, InconclusiveKind.NoTraffic, "running query failed: no values found"),
        "outage" => new MetricAnswer(
            null,
            InconclusiveKind.Outage,
            "running query failed: error response: Status 500 Internal Server Error: "
                + """{"status":"error","errorType":"internal","error":"storage is down"}"""),
        _ => new MetricAnswer(100),
    };

    private static CanarySpec Spec(JsonElement run, string name)
    {
        int Number(string property) => run.GetProperty(property).GetInt32();
        var steps = run.GetProperty("steps").EnumerateArray().Select(step => step.GetInt32()).ToArray();
        var count = Number("iterationCount");
        var analysis = count > 0 ? Canaries.BlueGreen(count)
            : steps.Length > 0 ? Canaries.StepWeights(steps)
            : Canaries.Analysis(Number("step"), Number("max"));
        var hooks = run.GetProperty("webhooks").EnumerateArray()
            .Select(hook => Canaries.Hook(TypeOf(hook[1].GetString()!), hook[0].GetString()));
        return Canaries.Spec(name: name, analysis: analysis with
        {
            Webhooks = hooks.ToEquatableArray(),
            Metrics = [Metric(name)],
            StepWeightPromotion = Number("promotion"),
        }) with
        {
            Target = new CanaryTarget(TargetKind.Deployment, name),
            Provider = run.GetProperty("provider").GetString()!,
            SkipAnalysis = run.GetProperty("skip").GetBoolean(),
            ProgressDeadline = TimeSpan.FromSeconds(Number("deadline")),
        };
    }

    private static MetricCheck Metric(string name) => name switch
    {
        "latent" => new MetricCheck
        {
            Name = MetricCheck.DurationName,
            Source = MetricSource.Duration,
            Range = new MetricRange(null, 500),
        },
        "templated" => new MetricCheck
        {
            Name = "errors",
            Source = MetricSource.Template,
            Template = new NamespacedName("test", "errors"),
            Range = new MetricRange(0, 10),
        },
        _ => Canaries.SuccessRate,
    };

    private static WebhookType TypeOf(string written) => Enum.Parse<WebhookType>(
        written.Replace("-", string.Empty, StringComparison.Ordinal), ignoreCase: true);

    /// <summary>The values without those that are the same as the one before.</summary>
    public static List<string> Distinct(IEnumerable<string> values)
    {
        var distinct = new List<string>();
        foreach (var value in values)
        {
            if (distinct.Count == 0 || distinct[^1] != value)
            {
                distinct.Add(value);
            }
        }

        return distinct;
    }
}
