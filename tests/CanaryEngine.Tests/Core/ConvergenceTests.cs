using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Core;

/// <summary>Proxies that were there and are not: they reconnect after a restart, and route as they were told until then.</summary>
public sealed class ConvergenceTests
{
    [Fact]
    public void H_20_A_run_whose_proxies_are_all_gone_does_not_go_on_without_them()
    {
        var world = Begun();
        world.Proxies = 0;
        RunToWeight(world, 20);

        world.Run(28);
        Assert.Equal((0, 20), (world.Status.FailedChecks, world.Status.CanaryWeight));
        Assert.Equal(Reasons.NotConverged, world.Status.Reason);

        world.Run(3);
        Assert.Equal(1, world.Status.FailedChecks);
        Assert.Contains("weight 20 not acknowledged by any proxy after 3", world.Status.Message, StringComparison.Ordinal);

        world.Proxies = 2;
        world.RunUntil(CanaryPhase.Succeeded, 120);
    }

    [Fact]
    public void H_24_A_control_plane_that_was_away_gives_the_proxies_time_to_find_it_again()
    {
        var world = Begun();
        world.Proxies = 0;
        RunToWeight(world, 20);
        world.Run(20);
        world.WatchedSince = world.Now;

        world.Run(28);
        Assert.Equal((0, 20), (world.Status.FailedChecks, world.Status.CanaryWeight));

        world.Run(3);
        Assert.Equal(1, world.Status.FailedChecks);
        Assert.Contains("weight 20 not acknowledged by any proxy after 3", world.Status.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void H_20_Some_that_are_gone_are_waited_for_and_then_done_without()
    {
        var world = Begun();
        world.Proxies = 1;
        RunToWeight(world, 20);

        world.Run(28);
        Assert.Equal(20, world.Status.CanaryWeight);
        Assert.Contains("1 proxies that were connected before", world.Status.Message, StringComparison.Ordinal);

        RunToWeight(world, 30);
        Assert.Equal((0, 1), (world.Status.FailedChecks, world.Status.Proxies));
    }

    [Fact]
    public void H_20_A_replica_that_dies_costs_a_wait_and_no_failed_check()
    {
        var world = Begun();
        world.AckDelay = TimeSpan.FromSeconds(15);
        RunToWeight(world, 20);

        // Half of the timeout its proxies count as laggards, then not at all; one of two has not come back by the end of it.
        world.Run(14);
        Assert.Contains("not acknowledged by envoy-1", world.Status.Message, StringComparison.Ordinal);
        world.Proxies = 1;
        world.Run(14);
        Assert.Equal((0, 20), (world.Status.FailedChecks, world.Status.CanaryWeight));
        world.AckDelay = TimeSpan.Zero;

        RunToWeight(world, 30);
        Assert.Equal((0, 1), (world.Status.FailedChecks, world.Status.Proxies));
        world.RunUntil(CanaryPhase.Succeeded, 120);
    }

    [Fact]
    public void H_20_A_canary_out_of_the_traffic_is_not_stopped_while_its_proxies_are_away()
    {
        var world = Begun();
        world.Proxies = 0;
        world.Do(Verb.Rollback);
        world.Run(5);

        Assert.Equal(TrafficPlan.AllToPrimary, world.Traffic);
        Assert.DoesNotContain(world.Effects, effect => effect is StopCanary);
        world.Proxies = 2;
        world.Run(2);
        Assert.Contains(world.Effects, effect => effect is StopCanary);
    }

    [Fact]
    public void H_20_A_promoted_canary_is_not_stopped_while_all_proxies_are_away()
    {
        var world = Begun();
        world.RunUntil(CanaryPhase.Finalising, 120);
        world.Proxies = 0;

        world.Run(60);

        Assert.Equal(CanaryPhase.Finalising, world.Status.Phase);
        Assert.DoesNotContain(world.Effects, effect => effect is StopCanary);
        world.Proxies = 2;
        world.RunUntil(CanaryPhase.Succeeded, 5);
    }

    [Fact]
    public void H_20_Proxies_that_are_gone_for_good_cost_a_promotion_its_deadline_once()
    {
        var world = Begun();
        world.RunUntil(CanaryPhase.Finalising, 120);
        world.Proxies = 0;
        var since = world.Now;

        world.RunUntil(CanaryPhase.Succeeded, 700);

        Assert.InRange(world.Now - since, world.Spec.ProgressDeadline, world.Spec.ProgressDeadline + TimeSpan.FromSeconds(1));
        Assert.Contains(world.Events, text => text.EndsWith("is promoted, but the route was not acknowledged by any proxy", StringComparison.Ordinal));
        Assert.Equal(0, world.Status.Proxies);
        world.Target = "newer";
        world.RunUntil(CanaryPhase.Progressing, 60);
        world.RunUntil(CanaryPhase.Succeeded, 120);
    }

    [Fact]
    public void H_20_Half_of_the_proxies_are_enough_for_a_step_but_not_for_the_canary_to_be_stopped()
    {
        var world = Begun(percent: 50);
        world.Laggards = 1;
        world.RunUntil(CanaryPhase.Finalising, 120);

        world.Run(28);
        Assert.DoesNotContain(world.Effects, effect => effect is StopCanary);
        Assert.Contains("envoy-1", world.Status.Message, StringComparison.Ordinal);

        world.Run(3);
        Assert.Equal(CanaryPhase.Succeeded, world.Status.Phase);
        Assert.Equal(0, world.Status.FailedChecks);
    }

    [Fact]
    public void H_20_A_canary_that_makes_way_for_a_newer_one_drains_first_whatever_is_enough_for_a_step()
    {
        var world = Begun(percent: 0);
        world.Laggards = 1;
        world.Target = "newer";

        world.Run(28);
        Assert.True(world.Status.Run!.StartPending);

        world.Run(3);
        Assert.False(world.Status.Run!.StartPending);
        Assert.Equal(0, world.Status.FailedChecks);
    }

    [Fact]
    public void H_24_A_control_plane_that_was_away_gives_known_laggards_time_again()
    {
        var world = Begun();
        world.Laggards = 1;
        RunToWeight(world, 20);
        world.Run(31);
        Assert.Equal(1, world.Status.FailedChecks);
        world.Proxies = 0;
        world.Laggards = 0;
        world.WatchedSince = world.Now;

        world.Run(28);
        Assert.Equal(1, world.Status.FailedChecks);
        world.Proxies = 2;
        RunToWeight(world, 30);
    }

    [Fact]
    public void H_24_A_control_plane_that_was_away_past_the_deadline_waits_for_its_proxies_before_it_stops_the_canary()
    {
        var world = Begun();
        world.AckDelay = TimeSpan.FromHours(1);
        world.Proxies = 2;
        world.Status = world.Status with
        {
            Phase = CanaryPhase.Finalising,
            CanaryWeight = 0,
            Run = world.Status.Run! with { Weight = 0, ChangedAt = world.Now - world.Spec.ProgressDeadline },
        };
        world.Traffic = TrafficPlan.AllToPrimary;
        world.WatchedSince = world.Now;

        world.Run(20);

        Assert.Equal(CanaryPhase.Finalising, world.Status.Phase);
        Assert.DoesNotContain(world.Effects, effect => effect is StopCanary);
    }

    [Fact]
    public void RTR_07_A_foreign_share_that_is_just_put_right_is_not_held_against_the_revision()
    {
        var world = Begun();
        world.AckDelay = TimeSpan.FromSeconds(3);
        RunToWeight(world, 20);
        world.Run(1);
        world.Traffic = new TrafficPlan(50, 50);
        world.Rejection = "the control plane: test/podinfo is directed by another TrafficSplit";

        world.Decide();

        Assert.Equal((0, new TrafficPlan(80, 20)), (world.Status.FailedChecks, world.Traffic));
        world.Rejection = string.Empty;
        RunToWeight(world, 30);
        Assert.Equal(0, world.Status.FailedChecks);
    }

    private static void RunToWeight(SimulatedWorld world, int weight)
    {
        for (var second = 0; second < 20 && world.Status.CanaryWeight != weight; second++)
        {
            world.Run(1);
        }

        Assert.Equal(weight, world.Status.CanaryWeight);
    }

    // At its first weight, which two proxies have acknowledged.
    private static SimulatedWorld Begun(int percent = 100)
    {
        var analysis = Canaries.Analysis() with { Convergence = new ConvergenceSpec { Percent = percent } };
        var world = new SimulatedWorld(Canaries.Spec(analysis), Canaries.Initialized()) { Target = Canaries.New, Proxies = 2 };
        world.Run(5);
        Assert.Equal(percent == 0 ? 0 : 2, world.Status.Proxies);
        return world;
    }
}
