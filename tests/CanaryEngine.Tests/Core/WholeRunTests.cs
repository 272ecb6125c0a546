using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Core;

/// <summary>All that is told and asked in a run, from the first version on (`spec/flagger.md` 5.4, 11.1).</summary>
public sealed class WholeRunTests
{
    private static readonly WebhookType[] Types =
    [
        WebhookType.ConfirmRollout, WebhookType.PreRollout, WebhookType.ConfirmTrafficIncrease, WebhookType.Rollout,
        WebhookType.ConfirmPromotion, WebhookType.PostRollout,
    ];

    private static SimulatedWorld Run(bool skip)
    {
        var analysis = Canaries.Analysis(step: 100, max: 100) with
        {
            StepWeightPromotion = 50,
            Webhooks = Types.Select(type => Canaries.Hook(type)).ToEquatableArray(),
        };
        var world = new SimulatedWorld(Canaries.Spec(analysis) with { SkipAnalysis = skip });
        world.Primary.Delay = TimeSpan.FromSeconds(5);
        world.RunUntil(CanaryPhase.Initialized).Run(1);
        (world.Primary.Delay, world.Target) = (TimeSpan.Zero, Canaries.New);
        return world.RunUntil(CanaryPhase.Succeeded);
    }

    // The providers are probed at each look before the first version is there; how often depends on the interval.
    private static List<string> Told(SimulatedWorld world) =>
    [
        .. world.Notices.Select(notice => notice switch
        {
            EventNotice told => $"{told.Phase} {told.Text}",
            PostRolloutNotice post => $"{post.Phase} post-rollout",
            _ => string.Empty,
        }).Where(text => text.Length > 0 && !text.StartsWith("Initializing ", StringComparison.Ordinal)),
    ];

    private static int Count(SimulatedWorld world, WebhookType type) => world.Calls.Count(call => call.Ask.Hook.Type == type);

    [Fact]
    public void CTL_52_A_skipped_analysis_tells_its_run_and_asks_confirm_rollout_only()
    {
        var world = Run(skip: true);

        Assert.Equal(
            [
                "Initialized Initialization done! podinfo.test",
                "Initialized Confirm-rollout check ConfirmRollout passed",
                "Progressing New revision detected! Scaling up podinfo.test",
                "Progressing Copying podinfo.test template spec to podinfo-primary.test",
                "Succeeded post-rollout",
                "Succeeded Promotion completed! Canary analysis was skipped for podinfo.test",
            ],
            Told(world));
        var call = Assert.Single(world.Calls);
        Assert.Equal((WebhookType.ConfirmRollout, CanaryPhase.Initialized), (call.Ask.Hook.Type, call.Ask.Phase));
    }

    [Fact]
    public void CTL_53_A_whole_run_tells_each_step_in_order_and_counts_its_hooks()
    {
        var world = Run(skip: false);

        Assert.Equal(
            [
                "Initialized Initialization done! podinfo.test",
                "Initialized Confirm-rollout check ConfirmRollout passed",
                "Progressing New revision detected! Scaling up podinfo.test",
                "Progressing Starting canary analysis for podinfo.test",
                "Progressing Pre-rollout check PreRollout passed",
                "Progressing Confirm-traffic-increase check ConfirmTrafficIncrease passed",
                "Progressing Advance podinfo.test canary weight 100",
                "Progressing Confirm-traffic-increase check ConfirmTrafficIncrease passed",
                "Progressing Confirm-promotion check ConfirmPromotion passed",
                "Progressing Copying podinfo.test template spec to podinfo-primary.test",
                "Promoting Advance podinfo.test primary weight 50",
                "Promoting Advance podinfo.test primary weight 100",
                "Succeeded post-rollout",
                "Succeeded Promotion completed! Scaling down podinfo.test",
            ],
            Told(world));
        Assert.Equal([1, 1, 2, 1, 1, 0], Types.Select(type => Count(world, type)));
    }
}
