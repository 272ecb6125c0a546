using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Core;

/// <summary>What Flagger does that must not be inherited (`spec/flagger.md` Appendix B), as far as the core decides it.</summary>
public sealed class HazardTests
{
    private static SimulatedWorld Running(int weight = 20, AnalysisSpec? analysis = null, CanaryPhase phase = CanaryPhase.Progressing)
    {
        var spec = Canaries.Spec(analysis);
        return new SimulatedWorld(spec, Canaries.Progressing(spec, weight, phase: phase));
    }

    [Fact]
    public void H_01_A_revision_that_comes_while_the_failed_one_is_stopped_is_analysed()
    {
        var world = Running();
        world.AckDelay = TimeSpan.FromSeconds(3);
        world.Do(Verb.Rollback);

        world.Target = Canaries.Newer;
        world.Run(5);

        // Flagger takes it for the one that failed, in the tick after the failure, and never looks at it.
        Assert.Equal((CanaryPhase.Progressing, Canaries.Newer), (world.Status.Phase, world.Status.Run!.Revision));
    }

    [Fact]
    public void H_01_A_new_revision_is_not_used_up_while_the_primary_is_not_ready()
    {
        var world = new SimulatedWorld(Canaries.Spec(), Canaries.Initialized()) { Target = Canaries.New };
        world.Primary.Forced = Readiness.Broken;
        world.Run(60);
        Assert.Equal((CanaryPhase.Initialized, Reasons.PrimaryNotReady), (world.Status.Phase, world.Status.Reason));

        world.Primary.Forced = null;
        world.Run(10);

        // Flagger is Failed at once and has the revision behind it.
        Assert.Equal(CanaryPhase.Progressing, world.Status.Phase);
    }

    [Fact]
    public void H_02_A_target_that_goes_back_to_the_promoted_revision_ends_the_run()
    {
        var world = Running();
        world.Target = Canaries.Old;

        world.Run(600);

        // Flagger goes on, promotes the old revision, and analyses it again.
        Assert.Equal((CanaryPhase.Failed, Reasons.Reverted), (world.Status.Phase, world.Status.Reason));
        Assert.DoesNotContain(world.Effects, effect => effect is CopyToPrimary);
        Assert.Equal(TrafficPlan.AllToPrimary, world.Traffic);
    }

    [Fact]
    public void H_02_A_revision_that_comes_again_after_the_target_went_back_is_new()
    {
        var world = Running();
        world.Target = Canaries.Old;
        world.Run(5);

        world.Target = Canaries.New;
        world.Run(5);

        Assert.Equal((CanaryPhase.Progressing, Canaries.New), (world.Status.Phase, world.Status.Run!.Revision));
    }

    [Fact]
    public void H_03_The_analysed_revision_is_promoted_whatever_the_target_is_by_then()
    {
        var world = Running(weight: 50);
        world.RunUntil(CanaryPhase.Promoting, 1);
        world.Target = Canaries.Newer;
        world.RunUntil(CanaryPhase.Succeeded, 60);

        // Flagger copies the target as it is then.
        Assert.Equal(new CopyToPrimary(Canaries.New), Assert.Single(world.Effects.OfType<CopyToPrimary>()));
        Assert.Equal(Canaries.New, world.Status.LastPromotedSpec);
        world.Run(1);
        Assert.Equal(Canaries.Newer, world.Status.Run!.Revision);
    }

    [Theory]
    [InlineData(CanaryPhase.Promoting)]
    [InlineData(CanaryPhase.Finalising)]
    public void H_04_A_canary_that_breaks_during_the_promotion_does_not_undo_it(CanaryPhase phase)
    {
        var world = Running(weight: phase == CanaryPhase.Promoting ? 50 : 0, phase: phase);
        world.Primary.Take(Canaries.New, world.Now);
        world.Canary.Forced = Readiness.Broken;

        world.Run(60);

        // Flagger fails the run, with the new revision on the primary.
        Assert.Equal(CanaryPhase.Succeeded, world.Status.Phase);
    }

    [Theory]
    [InlineData(null)]
    [InlineData(10)]
    public void H_04_What_somebody_takes_from_a_broken_canary_during_the_promotion_is_not_given_back(int? left)
    {
        var world = Running(weight: 50, Canaries.Analysis() with { StepWeightPromotion = 25 }, CanaryPhase.Promoting);
        world.Primary.Take(Canaries.New, world.Now);
        world.Canary.Forced = Readiness.Broken;
        world.Traffic = left is { } weight ? new TrafficPlan(100 - weight, weight) : null;

        world.RunUntil(CanaryPhase.Succeeded);

        Assert.All(world.Effects.OfType<SetTraffic>(), set => Assert.InRange(set.Plan.Canary, 0, left ?? 0));
        Assert.Equal(TrafficPlan.AllToPrimary, world.Traffic);
    }

    [Fact]
    public void H_04_What_somebody_takes_from_a_ready_canary_during_the_promotion_is_given_back()
    {
        var world = Running(weight: 50, Canaries.Analysis() with { StepWeightPromotion = 25 }, CanaryPhase.Promoting);
        world.Primary.Take(Canaries.New, world.Now);
        world.Status = world.Status with { NextCheck = world.Now.AddSeconds(5) };
        world.Traffic = null;

        Assert.Equal(50, world.Decide().Traffic?.Canary);
    }

    [Fact]
    public void H_04_Proxies_that_lag_behind_do_not_undo_a_promotion()
    {
        var world = Running(weight: 50, Canaries.Analysis(threshold: 2) with { StepWeightPromotion = 25 }, CanaryPhase.Promoting);
        world.Primary.Take(Canaries.New, world.Now);
        world.AckDelay = TimeSpan.FromMinutes(5);

        world.RunUntil(CanaryPhase.Succeeded);

        Assert.Equal(0, world.Status.FailedChecks);
        Assert.Equal([75, 100], world.PrimaryWeights);
    }

    [Theory]
    [InlineData(Readiness.Broken, 1)]
    [InlineData(Readiness.Waiting, 600)]
    public void H_05_A_canary_that_does_not_get_ready_is_rolled_back_with_a_reason(Readiness readiness, int seconds)
    {
        var world = Running();
        world.Canary.Forced = readiness;

        world.RunUntil(CanaryPhase.Failed, seconds + 1);

        // Flagger says neither in an event nor in an alert that it rolls back.
        Assert.InRange((world.Now - Canaries.Start).TotalSeconds, seconds - 1, seconds + 1);
        Assert.Contains(
            world.Events, text => text.StartsWith("Rolling back podinfo.test progress deadline exceeded", StringComparison.Ordinal));
        Assert.StartsWith("Progress deadline exceeded", Assert.Single(world.Alerts), StringComparison.Ordinal);
    }

    [Fact]
    public void H_05_Waiting_for_the_primary_does_not_use_up_the_time_that_the_canary_has()
    {
        var world = Running();
        world.Primary.Forced = Readiness.Waiting;
        world.Run(590);
        (world.Primary.Forced, world.Canary.Forced) = (null, Readiness.Waiting);

        world.Run(120);

        Assert.Equal((CanaryPhase.Progressing, Reasons.CanaryNotReady), (world.Status.Phase, world.Status.Reason));
    }

    [Fact]
    public void H_06_After_a_failed_promotion_the_traffic_returns_once_the_old_primary_is_ready()
    {
        var world = Running(weight: 50, phase: CanaryPhase.Promoting);
        world.Primary.Forced = Readiness.Broken;
        world.Settle();
        Assert.Equal(new TrafficPlan(0, 100), world.Traffic);
        Assert.Contains(world.Effects, effect => effect is RestorePrimary);

        (world.Primary.Forced, world.Target) = (null, Canaries.Newer);
        world.Settle();

        // Flagger leaves the canary with all traffic for ever, and would replace it under way by the next revision.
        Assert.Equal(TrafficPlan.AllToPrimary, world.Traffic);
        var effects = world.Effects.ToList();
        var back = effects.LastIndexOf(new SetTraffic(TrafficPlan.AllToPrimary));
        Assert.DoesNotContain(effects.Take(back), effect => effect is StartCanary);
        world.Run(1);
        Assert.Equal(Canaries.Newer, world.Status.Run!.Revision);
    }

    [Fact]
    public void H_06_No_verb_sends_the_traffic_to_a_primary_that_is_still_broken()
    {
        var world = Running(weight: 50, phase: CanaryPhase.Promoting);
        world.Primary.Forced = Readiness.Broken;
        world.Settle();
        world.Target = Canaries.Newer;

        var step = world.Do(Verb.Promote);

        Assert.Contains("until the primary is ready", step.Decision.Refusal, StringComparison.Ordinal);
        Assert.Equal(new TrafficPlan(0, 100), world.Traffic);
    }

    [Fact]
    public void H_07_A_long_idle_time_does_not_count_as_waiting_for_readiness()
    {
        var world = new SimulatedWorld(Canaries.Spec(), Canaries.Initialized()) { Target = Canaries.New };
        world.Now += TimeSpan.FromDays(2);
        world.Canary.Delay = TimeSpan.FromSeconds(30);

        world.Run(60);

        // Flagger counts a DaemonSet's deadline from the last time that the status was written.
        Assert.Equal(CanaryPhase.Progressing, world.Status.Phase);
        Assert.Equal(0, world.Status.FailedChecks);
    }

    [Fact]
    public void H_08_A_target_that_cannot_be_read_does_not_keep_a_bad_revision_in_the_traffic()
    {
        var world = Running(weight: 20, Canaries.Analysis(threshold: 2));
        world.Target = null;
        world.Metrics = _ => new MetricAnswer(10);

        world.RunUntil(CanaryPhase.Failed, 30);

        Assert.Equal(TrafficPlan.AllToPrimary, world.Traffic);
    }

    [Fact]
    public void H_08_A_target_that_cannot_be_read_keeps_a_good_revision_where_it_is()
    {
        var world = Running(weight: 20);
        world.Target = null;

        world.Run(300);

        Assert.Equal((CanaryPhase.Progressing, 20), (world.Status.Phase, world.Status.CanaryWeight));
    }

    [Fact]
    public void H_09_A_missing_primary_is_made_of_what_was_promoted()
    {
        var world = Running(weight: 20);
        (world.Primary.Exists, world.Primary.IsRunning) = (false, false);

        world.Run(30);

        // Flagger makes it of the target, which holds the revision under analysis.
        Assert.Equal(Canaries.Old, world.Primary.Revision);
        Assert.Contains(world.Effects, effect => effect is EnsurePrimary);
    }

    [Theory]
    [InlineData(true, "")]
    [InlineData(false, "kubernetes")]
    public void H_10_H_11_A_first_version_that_is_not_ready_changes_nothing_until_it_is(bool skip, string provider)
    {
        var spec = Canaries.Spec(provider.Length > 0 ? Canaries.BlueGreen() : null) with { SkipAnalysis = skip, Provider = provider };
        var world = new SimulatedWorld(spec);
        world.Primary.Delay = TimeSpan.FromSeconds(65);

        world.Run(60);

        // Flagger does not wait with skipAnalysis, and stops the target of a broken first version.
        Assert.Equal([CanaryPhase.Initializing], world.Phases);
        Assert.Equal([new EnsurePrimary()], world.Effects);
        world.Run(20);
        Assert.Equal(CanaryPhase.Initialized, world.Status.Phase);
    }

    [Fact]
    public void H_13_Traffic_that_somebody_else_moved_is_put_back_at_the_weight_of_the_run()
    {
        var world = Running(weight: 20);
        world.Status = world.Status with { NextCheck = Canaries.Start.AddSeconds(5) };
        world.Traffic = TrafficPlan.AllToPrimary;

        world.Settle();

        // Flagger resets the weights to 0/100 whenever the object differs in anything.
        Assert.Equal(new TrafficPlan(80, 20), world.Traffic);
        Assert.Equal(20, world.Status.Run!.Weight);
    }

    [Fact]
    public void H_13_A_rollback_is_not_outrun_by_putting_the_weight_back()
    {
        var spec = Canaries.Spec(Canaries.Analysis(threshold: 1));
        var world = new SimulatedWorld(spec, Canaries.Progressing(spec)) { Metrics = _ => new MetricAnswer(1) };
        world.Traffic = TrafficPlan.AllToPrimary;

        world.Settle();

        Assert.Equal(CanaryPhase.Failed, world.Status.Phase);
        Assert.DoesNotContain(world.Effects, effect => effect is SetTraffic { Plan.Canary: > 0 });
    }

    [Fact]
    public void H_14_A_promotion_in_steps_ends_when_there_is_no_weight_to_take_back()
    {
        var world = Running(weight: 0, Canaries.Analysis() with { StepWeightPromotion = 20 }, CanaryPhase.Promoting);
        world.Primary.Take(Canaries.New, world.Now);

        // Flagger stays in Promoting for ever.
        world.RunUntil(CanaryPhase.Succeeded, 60);
    }

    [Theory]
    [InlineData(InconclusiveKind.NoTraffic, 5, Reasons.NoTraffic)]
    [InlineData(InconclusiveKind.Outage, 10, Reasons.ProviderOutage)]
    [InlineData(InconclusiveKind.BadQuery, 3, Reasons.BadQuery)]
    public void H_15_Not_knowing_is_not_failing_until_its_own_limit(InconclusiveKind kind, int limit, string reason)
    {
        var world = Running(weight: 20, Canaries.Analysis(threshold: 1));
        world.Metrics = _ => new MetricAnswer(null, kind, "nothing");

        world.Run((limit - 1) * 10 - 5);

        // Flagger counts each of these as a failed check.
        Assert.Equal((CanaryPhase.Progressing, 0, 20), (world.Status.Phase, world.Status.FailedChecks, world.Status.CanaryWeight));
        world.Run(10);
        Assert.Equal((CanaryPhase.Failed, reason), (world.Status.Phase, world.Status.Reason));
    }

    [Fact]
    public void H_15_A_known_value_starts_the_count_again()
    {
        var world = Running(weight: 20);
        for (var i = 0; i < 6; i++)
        {
            world.Metrics = _ => new MetricAnswer(null, InconclusiveKind.BadQuery, "nothing");
            world.Run(15);
            world.Metrics = _ => new MetricAnswer(10);
            world.Status = world.Status with { FailedChecks = 0 };
            world.Run(10);
        }

        Assert.Equal(CanaryPhase.Progressing, world.Status.Phase);
    }

    [Fact]
    public void H_20_A_weight_is_observed_only_once_the_proxies_route_by_it()
    {
        var world = new SimulatedWorld(Canaries.Spec(), Canaries.Initialized())
        {
            Target = Canaries.New,
            AckDelay = TimeSpan.FromSeconds(7),
        };

        world.Run(60);

        // Flagger does not look: each step would last 10 s, acknowledged or not.
        var shifts = world.Steps.Where(step => step.Traffic is not null).Select(step => step.At).ToList();
        Assert.All(shifts.Zip(shifts.Skip(1)), pair =>
            Assert.InRange((pair.Second - pair.First).TotalSeconds, 17, 17.2));
    }

    [Fact]
    public void H_20_Laggards_and_rejections_are_failed_checks_that_say_who()
    {
        var lagging = Running(weight: 20, Canaries.Analysis(threshold: 3));
        lagging.AckDelay = TimeSpan.FromHours(1);
        lagging.RunUntil(CanaryPhase.Failed, 90);
        Assert.Contains(
            "Halt podinfo.test advancement weight 30 not acknowledged by envoy-1 after 30s", lagging.Events);

        var rejecting = Running(weight: 20, Canaries.Analysis(threshold: 3));
        rejecting.Rejection = "envoy-1: unknown cluster";
        rejecting.Run(1);
        Assert.Equal((1, Reasons.RouteRejected), (rejecting.Status.FailedChecks, rejecting.Status.Reason));
        Assert.Contains("envoy-1: unknown cluster", rejecting.Status.Message, StringComparison.Ordinal);
        rejecting.RunUntil(CanaryPhase.Failed, 30);
        Assert.Equal(TrafficPlan.AllToPrimary, rejecting.Traffic);
    }

    [Fact]
    public void H_22_A_plan_always_ends_at_the_maximum()
    {
        foreach (var step in Enumerable.Range(0, 101))
        {
            var steps = Plans.Of(Canaries.Spec(Canaries.Analysis(step, max: 50))).Steps;
            Assert.Equal(50, steps[^1]);
            Assert.Equal(steps.Distinct().Order(), steps);
        }
    }

    [Fact]
    public void H_23_Editing_the_steps_does_not_move_a_run_under_way()
    {
        var world = Running(weight: 10, Canaries.StepWeights(10, 20, 40));
        world.Spec = world.Spec with { Analysis = world.Spec.Analysis with { StepWeights = [5, 80], MaxWeight = 80 } };

        world.RunUntil(CanaryPhase.Succeeded);

        // Flagger jumps to 100 %, for 10 is not in the new list.
        Assert.Equal([80, 60, 100], world.PrimaryWeights);
    }

    [Fact]
    public void H_24_Neither_a_restart_nor_another_interval_makes_a_step_early()
    {
        var world = new SimulatedWorld(Canaries.Spec(), Canaries.Initialized()) { Target = Canaries.New };
        world.Run(5);
        var before = world.Steps.Count;
        world.Now = world.Now.AddMilliseconds(1);
        world.Spec = world.Spec with { Analysis = world.Spec.Analysis with { Interval = TimeSpan.FromSeconds(2) } };

        world.Run(4);

        // Flagger decides at once in both cases.
        Assert.All(world.Steps.Skip(before), step => Assert.Null(step.Traffic));
        world.Run(2);
        Assert.Contains(world.Steps.Skip(before), step => step.Traffic is not null);
    }

    [Fact]
    public void A_hopeless_canary_leaves_the_traffic_inside_the_interval()
    {
        var analysis = Canaries.Analysis(seconds: 60) with { Abort = new AbortSpec() };
        var world = new SimulatedWorld(Canaries.Spec(analysis), Canaries.Initialized()) { Target = Canaries.New };
        world.Run(1);
        world.Metrics = ask => new MetricAnswer(10) { Samples = ask.ForAbort ? 50 : null };

        world.Run(6);

        Assert.Equal((CanaryPhase.Failed, Reasons.FastAbort), (world.Status.Phase, world.Status.Reason));
    }

    [Theory]
    [InlineData("ready")]
    [InlineData("laggards")]
    [InlineData("iterations")]
    public void A_hopeless_canary_is_looked_for_whatever_is_waited_for(string case1)
    {
        var analysis = (case1 == "iterations" ? Canaries.AbTest(9) : Canaries.Analysis()) with
        {
            Interval = TimeSpan.FromSeconds(60),
            Abort = new AbortSpec(),
        };
        var world = Running(weight: case1 == "iterations" ? 100 : 20, analysis);
        world.AckDelay = case1 == "laggards" ? TimeSpan.FromMinutes(9) : TimeSpan.Zero;
        world.Run(3);
        world.Canary.Forced = case1 == "ready" ? Readiness.Waiting : null;
        world.Metrics = ask => new MetricAnswer(10) { Samples = ask.ForAbort ? 50 : null };

        world.RunUntil(CanaryPhase.Failed, 6);

        Assert.Equal(Reasons.FastAbort, world.Status.Reason);
    }
}
