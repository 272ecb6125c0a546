using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Core;

/// <summary>What the fast abort looks at.</summary>
public sealed class FastAbortWindowTests
{
    // Revisions that follow each other closely share the cluster, and its statistics: the errors of the one before are not this one's.
    [Fact]
    public void Nothing_that_was_answered_before_a_run_had_traffic_is_held_against_it()
    {
        var analysis = Canaries.Analysis(seconds: 60) with { Abort = new AbortSpec { Interval = TimeSpan.FromMilliseconds(100) } };
        var world = new SimulatedWorld(Canaries.Spec(analysis), Canaries.Initialized()) { Target = Canaries.New };
        var looks = new List<(TimeSpan InTraffic, TimeSpan Window)>();
        world.Metrics = ask =>
        {
            if (ask.ForAbort)
            {
                looks.Add((world.Now - world.Status.Run!.TrafficSince!.Value, ask.Window));
            }

            return new MetricAnswer(100) { Samples = 50 };
        };

        world.Run(60);

        Assert.NotEmpty(looks);
        Assert.All(looks, look => Assert.InRange(look.Window, TimeSpan.FromSeconds(1), look.InTraffic));
    }
}
