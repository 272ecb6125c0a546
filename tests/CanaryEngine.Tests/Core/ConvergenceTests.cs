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

    private static void RunToWeight(SimulatedWorld world, int weight)
    {
        for (var second = 0; second < 20 && world.Status.CanaryWeight != weight; second++)
        {
            world.Run(1);
        }

        Assert.Equal(weight, world.Status.CanaryWeight);
    }

    // At its first weight, which two proxies have acknowledged.
    private static SimulatedWorld Begun()
    {
        var world = new SimulatedWorld(Canaries.Spec(), Canaries.Initialized()) { Target = Canaries.New, Proxies = 2 };
        world.Run(5);
        Assert.Equal(2, world.Status.Proxies);
        return world;
    }
}
