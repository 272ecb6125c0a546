using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Core;

/// <summary>The course of runs by strategy (`spec/flagger.md` 11.1, for Service targets).</summary>
public sealed class StrategyTests
{
    private static SimulatedWorld Detect(AnalysisSpec analysis) => Detect(Canaries.Spec(analysis));

    private static SimulatedWorld Detect(CanarySpec spec) =>
        new(spec, Canaries.Initialized()) { Target = Canaries.New };

    [Fact]
    public void CTL_01_CTL_02_A_new_canary_gets_a_primary_is_stopped_and_starts_the_canary_when_the_target_changes()
    {
        var world = new SimulatedWorld(Canaries.Spec());

        world.Run(1);

        Assert.Equal([CanaryPhase.Initializing, CanaryPhase.Initialized], world.Phases);
        Assert.Equal(Canaries.Old, world.Primary.Revision);
        Assert.False(world.Canary.IsRunning);
        Assert.Equal(TrafficPlan.AllToPrimary, world.Traffic);
        Assert.Contains(world.Effects, effect => effect is StopCanary);

        world.Target = Canaries.New;
        world.Settle();

        Assert.True(world.Canary.IsRunning);
        Assert.Equal(CanaryPhase.Progressing, world.Status.Phase);
        Assert.Contains(new StartCanary(Canaries.New), world.Effects);
    }

    [Fact]
    public void CTL_06_Without_analysis_a_new_revision_is_promoted_at_once()
    {
        var world = Detect(Canaries.Spec() with { SkipAnalysis = true });

        world.Run(30);

        Assert.Equal(
            [CanaryPhase.Progressing, CanaryPhase.Promoting, CanaryPhase.Finalising, CanaryPhase.Succeeded], world.Phases);
        Assert.Equal(Canaries.New, world.Primary.Revision);
        Assert.DoesNotContain(world.Effects, effect => effect is SetTraffic { Plan.Canary: > 0 });
    }

    [Fact]
    public void CTL_07_One_step_to_all_and_back_in_two_steps()
    {
        var world = Detect(Canaries.Analysis(step: 100, max: 100) with { StepWeightPromotion = 50 });

        world.RunUntil(CanaryPhase.Succeeded);

        Assert.Equal(
            ["Progressing/0", "Progressing/100", "Promoting/100", "Promoting/50", "Finalising/0", "Succeeded/0"], world.Course);
    }

    [Fact]
    public void CTL_08_Blue_green_checks_then_takes_all_traffic_then_promotes()
    {
        var world = Detect(Canaries.BlueGreen(iterations: 1));

        world.RunUntil(CanaryPhase.Succeeded);

        Assert.Equal(
            [CanaryPhase.Progressing, CanaryPhase.Promoting, CanaryPhase.Finalising, CanaryPhase.Succeeded], world.Phases);
        Assert.Equal([0, 100], world.PrimaryWeights);
        Assert.Contains("Advance podinfo.test canary iteration 1/1", world.Events);
        Assert.Contains("Routing all traffic to canary", world.Events);
        Assert.All(world.Steps, step => Assert.Equal(0, step.After.CanaryWeight));
    }

    [Fact]
    public void CTL_09_A_newer_revision_in_a_run_takes_the_traffic_back_and_starts_over()
    {
        var spec = Canaries.Spec();
        var world = new SimulatedWorld(spec, Canaries.Progressing(spec, weight: 10)) { Target = Canaries.Newer };

        var step = world.Decide();

        Assert.Equal(TrafficPlan.AllToPrimary, step.Traffic);
        Assert.Equal(0, step.After.Run!.Weight);
        Assert.Equal(Canaries.Newer, step.After.LastAppliedSpec);
        Assert.Contains("New revision detected! Restarting analysis for podinfo.test", step.Events);
        world.Settle();
        Assert.Equal(Canaries.Newer, world.Canary.Revision);
    }

    [Fact]
    public void CTL_10_The_primary_takes_the_revision_over_before_it_takes_the_traffic()
    {
        var world = Detect(Canaries.Analysis(step: 40, max: 40));

        world.RunUntil(CanaryPhase.Succeeded);

        var effects = world.Effects.ToList();
        var copied = effects.IndexOf(new CopyToPrimary(Canaries.New));
        var back = effects.LastIndexOf(new SetTraffic(TrafficPlan.AllToPrimary));
        Assert.InRange(copied, 0, back - 1);
        Assert.True(back < effects.FindIndex(effect => effect is StopCanary));
        Assert.Equal(Canaries.New, world.Status.LastPromotedSpec);
        Assert.Equal(Canaries.New, world.Primary.Revision);
    }

    [Fact]
    public void CTL_11_A_mirrored_run_copies_requests_before_it_moves_any()
    {
        var world = Detect(Canaries.Analysis(step: 10, max: 20) with { Mirror = true, MirrorWeight = 30 });

        world.RunUntil(CanaryPhase.Succeeded);

        var plans = world.Effects.OfType<SetTraffic>().Select(set => (set.Plan.Canary, set.Plan.MirrorPercent));
        Assert.Equal([(0, 30), (10, 0), (20, 0), (0, 0)], plans);
    }

    [Fact]
    public void CTL_12_An_ab_test_sends_only_matching_requests_and_all_of_them()
    {
        var analysis = Canaries.AbTest(iterations: 3);
        var world = Detect(analysis);

        world.RunUntil(CanaryPhase.Succeeded);

        var plans = world.Effects.OfType<SetTraffic>().Select(set => set.Plan).ToList();
        Assert.Equal(2, plans.Count);
        Assert.Equal(100, plans[0].Canary);
        Assert.Equal(analysis.Match, plans[0].Match);
        Assert.Equal(TrafficPlan.AllToPrimary, plans[1]);
        Assert.Equal(
            3, world.Events.Count(text => text.StartsWith("Advance podinfo.test canary iteration", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData(new[] { 20 }, 50, new[] { 80, 60, 50 }, "CTL-29; Flagger overshoots to 40")]
    [InlineData(new[] { 50 }, 100, new[] { 50, 0 }, "CTL-30")]
    [InlineData(new[] { 1, 2, 10, 80 }, 0, new[] { 99, 98, 90, 20 }, "CTL-31")]
    [InlineData(new[] { 1, 2, 10, 200 }, 0, new[] { 99, 98, 90, 0 }, "CTL-32")]
    public void CTL_29_to_32_The_primary_gives_its_weight_up_in_steps(int[] steps, int max, int[] expected, string id)
    {
        var world = Detect(max > 0 ? Canaries.Analysis(steps[0], max) : Canaries.StepWeights(steps));

        world.RunUntil(CanaryPhase.Succeeded);

        Assert.True(world.PrimaryWeights.SequenceEqual([.. expected, 100]), $"{id}: {string.Join(",", world.PrimaryWeights)}");
        Assert.Equal([CanaryPhase.Progressing, CanaryPhase.Promoting, CanaryPhase.Finalising, CanaryPhase.Succeeded], world.Phases);
    }

    [Theory]
    [InlineData(0, 10)]
    [InlineData(3, 3)]
    public void The_provider_kubernetes_only_checks_and_moves_no_request(int iterations, int expected)
    {
        var spec = Canaries.Spec(Canaries.BlueGreen(iterations)) with { Provider = "kubernetes" };
        var world = Detect(spec);

        world.RunUntil(CanaryPhase.Succeeded);

        Assert.DoesNotContain(world.Effects, effect => effect is SetTraffic);
        Assert.Contains($"Advance podinfo.test canary iteration {expected}/{expected}", world.Events);
        Assert.Equal(iterations == 0, world.Events.Contains("Setting canaryAnalysis.iterations: 10"));
        Assert.Equal(Canaries.New, world.Primary.Revision);
    }

    [Fact]
    public void Mirrored_blue_green_copies_requests_while_it_checks()
    {
        var world = Detect(Canaries.BlueGreen(iterations: 2, mirror: true));

        world.RunUntil(CanaryPhase.Succeeded);

        var plans = world.Effects.OfType<SetTraffic>().Select(set => (set.Plan.Canary, set.Plan.MirrorPercent));
        Assert.Equal([(0, 100), (100, 0), (0, 0)], plans);
        Assert.Contains("Stop traffic mirroring and route all traffic to canary", world.Events);
    }

    [Fact]
    public void Session_cookies_begin_with_the_first_share_and_are_dropped_after_the_run()
    {
        var affinity = new SessionAffinitySpec { CookieName = "canary", PrimaryCookieName = "primary" };
        var world = Detect(Canaries.Analysis(step: 10, max: 20) with { SessionAffinity = affinity });

        world.RunUntil(CanaryPhase.Succeeded);

        var plans = world.Effects.OfType<SetTraffic>().Select(set => set.Plan.Affinity!).ToList();
        Assert.Equal(3, plans.Count);
        Assert.StartsWith("canary=", plans[0].Cookie, StringComparison.Ordinal);
        Assert.StartsWith("primary=", plans[0].PrimaryCookie, StringComparison.Ordinal);
        Assert.Equal(plans[0], plans[1]);
        Assert.Equal((string.Empty, plans[0].Cookie), (plans[2].Cookie, plans[2].PreviousCookie));

        world.Target = Canaries.Newer;
        world.RunUntil(CanaryPhase.Succeeded);

        var second = world.Effects.OfType<SetTraffic>().Select(set => set.Plan.Affinity!).Skip(3).First();
        Assert.NotEqual(plans[0].Cookie, second.Cookie);
        Assert.Equal(plans[0].Cookie, second.PreviousCookie);
    }

    [Fact]
    public void CTL_41_CTL_43_A_run_that_ended_is_told_once_with_what_it_was()
    {
        var analysed = Detect(Canaries.Analysis());
        var skipped = Detect(Canaries.Spec() with { SkipAnalysis = true });

        analysed.RunUntil(CanaryPhase.Succeeded).Run(600);
        skipped.RunUntil(CanaryPhase.Succeeded).Run(600);

        Assert.Equal(
            [new RunEndedNotice(true, CanaryStrategy.Canary, false)], analysed.Notices.OfType<RunEndedNotice>());
        Assert.Equal(
            [new RunEndedNotice(true, CanaryStrategy.Canary, true)], skipped.Notices.OfType<RunEndedNotice>());
        Assert.All(
            analysed.Effects.OfType<SetTraffic>(), set => Assert.Equal(100, set.Plan.Primary + set.Plan.Canary));
    }

    [Fact]
    public void CTL_03_CTL_42_Failed_checks_at_the_threshold_roll_back_at_the_next_decision()
    {
        var spec = Canaries.Spec(Canaries.Analysis(threshold: 10));
        var world = new SimulatedWorld(spec, Canaries.Progressing(spec, weight: 20, failed: 10));

        var step = world.Decide();

        Assert.Equal(CanaryPhase.Failed, step.After.Phase);
        Assert.Equal(new SetTraffic(TrafficPlan.AllToPrimary), Assert.Single(step.Decision.Effects));
        Assert.Equal([new RunEndedNotice(false, CanaryStrategy.Canary, false)], world.Notices.OfType<RunEndedNotice>());
        Assert.Equal(0, step.After.FailedChecks);
        Assert.Equal(20, Assert.Single(step.After.History).Weight);
    }

    [Theory]
    [InlineData(CanaryPhase.Promoting, 50)]
    [InlineData(CanaryPhase.Finalising, 0)]
    public void CTL_04_CTL_05_A_primary_that_breaks_while_it_is_promoted_leaves_the_traffic_to_the_canary(CanaryPhase phase, int weight)
    {
        var spec = Canaries.Spec();
        var world = new SimulatedWorld(spec, Canaries.Progressing(spec, weight, phase: phase));
        world.Primary.Forced = Readiness.Broken;
        world.Primary.Text = "deployment \"podinfo-primary\" exceeded its progress deadline";

        var step = world.Decide();

        Assert.Equal(new TrafficPlan(0, 100), step.Traffic);
        Assert.DoesNotContain(step.Decision.Effects, effect => effect is StopCanary);
        Assert.Equal((CanaryPhase.Failed, 100), (step.After.Phase, step.After.CanaryWeight));
        var text = "not ready: deployment \"podinfo-primary\" exceeded its progress deadline";
        Assert.Contains($"Promotion of podinfo.test failed, primary {text}", step.Events);
        Assert.Equal([$"Promotion failed, primary {text}"], world.Alerts);
    }

    [Fact]
    public void RTR_07_Traffic_that_somebody_directs_elsewhere_while_a_revision_waits_is_directed_back()
    {
        var world = Detect(Canaries.Analysis(step: 10, max: 20) with { Webhooks = [Canaries.Hook(WebhookType.ConfirmRollout)] });
        world.Hooks = _ => new HookAnswer(false, "closed");
        world.RunUntil(CanaryPhase.Waiting);
        world.Traffic = new TrafficPlan(50, 50);

        world.Run(5);

        Assert.Equal(CanaryPhase.Waiting, world.Status.Phase);
        Assert.Equal(TrafficPlan.AllToPrimary, world.Traffic);
    }
}
