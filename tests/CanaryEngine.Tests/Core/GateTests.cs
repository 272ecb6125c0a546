using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Core;

/// <summary>Gates, verbs, pause and suspension (`spec/flagger.md` 1.7, 4.11).</summary>
public sealed class GateTests
{
    private static SimulatedWorld Closed(WebhookType type, AnalysisSpec? analysis = null, TimeSpan? deadline = null)
    {
        var gated = (analysis ?? Canaries.Analysis(step: 10, max: 20)) with
        {
            Webhooks = [Canaries.Hook(type)],
            GateDeadline = deadline,
        };
        return new SimulatedWorld(Canaries.Spec(gated), Canaries.Initialized())
        {
            Target = Canaries.New,
            Hooks = _ => new HookAnswer(false, "closed"),
        };
    }

    private static void Open(SimulatedWorld world) => world.Hooks = _ => HookAnswer.Pass;

    [Fact]
    public void Row_5_to_7_A_closed_confirm_rollout_waits_with_the_canary_stopped_and_says_so_once()
    {
        var world = Closed(WebhookType.ConfirmRollout);

        world.Run(100);

        Assert.Equal([CanaryPhase.Waiting], world.Phases);
        Assert.False(world.Canary.IsRunning);
        Assert.Equal(["Halt podinfo.test advancement waiting for approval ConfirmRollout"], world.Events);
        Assert.Equal(["Canary is waiting for approval."], world.Alerts);
        Assert.Equal(11, world.Calls.Count);

        Open(world);
        world.RunUntil(CanaryPhase.Progressing);

        Assert.Contains("Confirm-rollout check ConfirmRollout passed", world.Events);
        Assert.Contains("New revision detected! Scaling up podinfo.test", world.Events);
    }

    [Fact]
    public void A_waiting_revision_that_is_taken_back_leaves_no_run_behind()
    {
        var world = Closed(WebhookType.ConfirmRollout);
        world.Run(5);

        world.Target = Canaries.Old;
        world.Run(30);

        Assert.Equal((CanaryPhase.Initialized, null), (world.Status.Phase, world.Status.Run));
        Assert.Null(world.Due);
    }

    [Fact]
    public void A_closed_traffic_gate_keeps_the_weight_and_the_checks_going_and_pre_rollout_is_not_repeated()
    {
        var world = Closed(WebhookType.ConfirmTrafficIncrease);
        world.Spec = world.Spec with
        {
            Analysis = world.Spec.Analysis with
            {
                Webhooks = [Canaries.Hook(WebhookType.PreRollout), Canaries.Hook(WebhookType.ConfirmTrafficIncrease)],
            },
        };
        world.Hooks = ask => new HookAnswer(ask.Hook.Type == WebhookType.PreRollout, "closed");

        world.Run(60);

        Assert.Equal(0, world.Status.CanaryWeight);
        Assert.Single(world.Calls, call => call.Ask.Hook.Type == WebhookType.PreRollout);
        Assert.Single(world.Alerts, "Canary traffic increase is waiting for approval.");
        Assert.Equal(0, world.Status.FailedChecks);
    }

    [Fact]
    public void Row_9_10_A_closed_promotion_gate_keeps_the_weight_and_the_threshold_applies()
    {
        var world = Closed(WebhookType.ConfirmPromotion);

        world.RunUntil(CanaryPhase.WaitingPromotion).Run(30);

        // Flagger shows weight 0 while 20 % of the traffic go to the canary.
        Assert.Equal((20, 20), (world.Status.CanaryWeight, world.Traffic!.Canary));
        Assert.Single(world.Alerts, "Canary promotion is waiting for approval.");

        world.Metrics = _ => new MetricAnswer(50);
        world.RunUntil(CanaryPhase.Failed, 60);
        Assert.Equal(TrafficPlan.AllToPrimary, world.Traffic);
    }

    [Theory]
    [InlineData(CanaryStrategy.BlueGreen)]
    [InlineData(CanaryStrategy.AbTesting)]
    public void A_promotion_gate_of_iterations_is_asked_at_every_check_and_no_iteration_is_repeated(CanaryStrategy strategy)
    {
        var analysis = strategy == CanaryStrategy.BlueGreen ? Canaries.BlueGreen(iterations: 1) : Canaries.AbTest(iterations: 1);
        var world = Closed(WebhookType.ConfirmPromotion, analysis);

        world.RunUntil(CanaryPhase.WaitingPromotion).Run(40);

        // Flagger sets iterations back and asks at every second check only.
        Assert.Equal(5, world.Calls.Count);
        Assert.Single(world.Events, text => text.Contains("canary iteration", StringComparison.Ordinal));
        Open(world);
        world.RunUntil(CanaryPhase.Succeeded, 60);
    }

    [Fact]
    public void H_33_An_approval_counts_for_its_hook_and_its_revision_only()
    {
        var world = Closed(WebhookType.ConfirmPromotion);
        world.RunUntil(CanaryPhase.WaitingPromotion);

        Assert.Empty(world.Do(Verb.Approve).Decision.Refusal);
        world.RunUntil(CanaryPhase.Succeeded, 60);
        world.Target = Canaries.Newer;
        world.RunUntil(CanaryPhase.WaitingPromotion).Run(60);

        // Flagger's load tester keeps a gate open for every later run.
        Assert.Equal(CanaryPhase.WaitingPromotion, world.Status.Phase);
        Assert.Contains("has no gate 'other'", world.Do(Verb.Approve, "other").Decision.Refusal, StringComparison.Ordinal);
    }

    [Fact]
    public void H_33_An_approval_does_not_let_a_newer_revision_pass()
    {
        var world = Closed(WebhookType.ConfirmPromotion);
        world.Settle();
        world.Do(Verb.Approve, "ConfirmPromotion");

        world.Target = Canaries.Newer;
        world.RunUntil(CanaryPhase.WaitingPromotion).Run(60);

        Assert.Equal(CanaryPhase.WaitingPromotion, world.Status.Phase);
    }

    [Theory]
    [InlineData(WebhookType.ConfirmRollout)]
    [InlineData(WebhookType.ConfirmTrafficIncrease)]
    [InlineData(WebhookType.ConfirmPromotion)]
    public void A_gate_that_is_closed_beyond_its_deadline_ends_the_run(WebhookType type)
    {
        var world = Closed(type, deadline: TimeSpan.FromSeconds(60));

        world.RunUntil(CanaryPhase.Failed, 120);

        Assert.Equal(Reasons.GateDeadline, world.Status.Reason);
        Assert.Equal(TrafficPlan.AllToPrimary, world.Traffic);
        Assert.Contains(world.Events, text => text.Contains($"gate {type} was closed for 1m", StringComparison.Ordinal));
    }

    [Fact]
    public void A_paused_run_neither_advances_nor_fails_nor_runs_into_a_deadline()
    {
        var world = Closed(WebhookType.ConfirmTrafficIncrease, deadline: TimeSpan.FromSeconds(60));
        world.Run(20);
        world.Do(Verb.Pause);
        world.Now += TimeSpan.FromHours(1);
        world.Settle();
        Assert.Equal((CanaryPhase.Progressing, null), (world.Status.Phase, world.Due));

        world.Do(Verb.Resume);
        world.Run(30);
        Assert.Equal(CanaryPhase.Progressing, world.Status.Phase);
        Open(world);
        world.RunUntil(CanaryPhase.Succeeded);
    }

    [Fact]
    public void A_paused_canary_starts_no_run()
    {
        var world = new SimulatedWorld(Canaries.Spec(), Canaries.Initialized());
        world.Do(Verb.Pause);
        world.Target = Canaries.New;

        world.Run(100);

        Assert.Equal((CanaryPhase.Initialized, Reasons.Paused), (world.Status.Phase, world.Status.Reason));
        world.Do(Verb.Resume);
        Assert.Equal(CanaryPhase.Progressing, world.Status.Phase);
    }

    [Fact]
    public void A_suspended_canary_does_nothing_at_all()
    {
        var world = new SimulatedWorld(Canaries.Spec() with { Suspend = true }, Canaries.Initialized()) { Target = Canaries.New };

        world.Run(30);

        Assert.Equal([CanaryPhase.Initialized], world.Phases);
        Assert.Empty(world.Effects);
        Assert.All(world.Events, text => Assert.Equal("skipping canary run as object is suspended", text));
        world.Spec = world.Spec with { Suspend = false };
        world.Settle();
        Assert.Equal(CanaryPhase.Progressing, world.Status.Phase);
    }

    [Fact]
    public void Promote_ends_the_analysis_but_not_the_wait_for_the_primary()
    {
        var world = Closed(WebhookType.ConfirmPromotion);
        world.Primary.Delay = TimeSpan.FromSeconds(20);
        world.RunUntil(CanaryPhase.WaitingPromotion);

        world.Do(Verb.Promote);

        Assert.Equal((CanaryPhase.Promoting, 20), (world.Status.Phase, world.Traffic!.Canary));
        world.RunUntil(CanaryPhase.Succeeded, 60);
    }

    [Fact]
    public void Promote_counts_for_the_revision_it_was_said_of()
    {
        var spec = Canaries.Spec();
        var world = new SimulatedWorld(spec, Canaries.Progressing(spec, weight: 0));
        world.Canary.Forced = Readiness.Waiting;
        world.Do(Verb.Promote);
        Assert.True(world.Status.Run!.Skipped);

        (world.Target, world.Canary.Forced) = (Canaries.Newer, null);
        world.Run(15);

        Assert.Equal((CanaryPhase.Progressing, false), (world.Status.Phase, world.Status.Run!.Skipped));
        Assert.Equal(Canaries.Old, world.Primary.Revision);
    }

    [Fact]
    public void Rollback_takes_the_canary_out_at_once_and_retry_analyses_it_again()
    {
        var spec = Canaries.Spec();
        var world = new SimulatedWorld(spec, Canaries.Progressing(spec, weight: 20));

        var step = world.Do(Verb.Rollback);

        Assert.Equal(CanaryPhase.Failed, step.After.Phase);
        Assert.Equal(TrafficPlan.AllToPrimary, step.Traffic);
        Assert.False(world.Canary.IsRunning);
        world.Run(600);
        Assert.Equal(CanaryPhase.Failed, world.Status.Phase);
        world.Do(Verb.Retry);
        Assert.Equal(CanaryPhase.Progressing, world.Status.Phase);
    }

    [Fact]
    public void A_rollback_of_a_promotion_restores_the_primary_before_it_gets_the_traffic()
    {
        var spec = Canaries.Spec();
        var world = new SimulatedWorld(spec, Canaries.Progressing(spec, weight: 50)) { Now = Canaries.Start };
        world.Do(Verb.Promote);
        world.Primary.Delay = TimeSpan.FromSeconds(30);
        world.Status = world.Status with { Phase = CanaryPhase.Promoting, Run = world.Steps[0].Before.Run };

        world.Do(Verb.Rollback);

        Assert.Equal((CanaryPhase.Failed, true), (world.Status.Phase, world.Status.KeepsCanary));
        Assert.True(world.Canary.IsRunning);
        world.Run(60);
        Assert.Equal((false, false), (world.Status.KeepsCanary, world.Canary.IsRunning));
        Assert.Equal((Canaries.Old, TrafficPlan.AllToPrimary), (world.Primary.Revision, world.Traffic));
    }

    [Theory]
    [InlineData(Verb.Rollback)]
    [InlineData(Verb.Promote)]
    [InlineData(Verb.Resume)]
    [InlineData(Verb.Retry)]
    [InlineData(Verb.Approve)]
    public void A_refused_verb_says_why_and_stops_nothing_that_was_under_way(Verb verb)
    {
        var world = new SimulatedWorld(Canaries.Spec(), Canaries.Initialized() with { DrainingSince = Canaries.Start })
        {
            AckDelay = TimeSpan.FromSeconds(5),
        };

        var step = world.Do(verb);

        Assert.StartsWith("test/podinfo is Initialized: ", step.Decision.Refusal, StringComparison.Ordinal);
        Assert.NotNull(world.Due);
        world.Run(10);
        Assert.Contains(world.Effects, effect => effect is StopCanary);
    }

    [Fact]
    public void Row_21_A_deleted_canary_hands_back_once()
    {
        var world = new SimulatedWorld(Canaries.Spec(), Canaries.Initialized()) { IsDeleted = true };

        world.Settle().Settle();

        Assert.Single(world.Effects, new HandBack());
        Assert.Equal(["Terminating canary podinfo.test", "Terminated canary podinfo.test"], world.Events);
    }
}
