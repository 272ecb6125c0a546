using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.CanaryEngine.Standalone;
using XdsCanary.CanaryEngine.Tests.Reconcile;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.CanaryEngine.Tests.Standalone;

/// <summary>The TrafficSplit that is made of a canary's state.</summary>
public sealed class StateObjectsTests
{
    private static readonly CanaryState State = new() { Key = EngineSamples.Web, Apex = "front", Target = "web" };

    [Fact]
    public void RTR_01_RTR_02_RTR_03_a_new_split_has_the_apex_and_all_traffic_on_the_primary()
    {
        var split = StateObjects.Split(State, TrafficPlan.AllToPrimary);

        Assert.Equal("TrafficSplit test/front", split.Key.ToString());
        Assert.Equal(
            """{"backends":[{"service":"front-canary","weight":0},{"service":"front-primary","weight":100}],"service":"front"}""",
            Spec(split));
        Assert.Empty(split.Annotations);
    }

    [Fact]
    public void RTR_01_RTR_02_RTR_03_a_renamed_apex_has_a_split_of_its_own()
    {
        var split = StateObjects.Split(State with { Apex = "test" }, TrafficPlan.AllToPrimary);

        Assert.Equal("TrafficSplit test/test", split.Key.ToString());
        Assert.EndsWith("""
            "service":"test"}
            """, Spec(split), StringComparison.Ordinal);
    }

    [Fact]
    public void RTR_04_RTR_05_RTR_06_weights_are_written_as_they_are() => Assert.Equal(
        """{"backends":[{"service":"front-canary","weight":50},{"service":"front-primary","weight":50}],"service":"front"}""",
        Spec(StateObjects.Split(State, new TrafficPlan(50, 50))));

    // On SMI Flagger sends all live requests of an A/B test to the canary, and ignores mirroring and session affinity.
    [Fact]
    public void H_21_what_SMI_has_no_field_for_stands_in_the_routing_annotation()
    {
        var insider = new RequestMatch([new NamedMatch("x-user", new TextMatch(TextMatchKind.Exact, "insider"))], []);
        var affinity = new AffinityPlan("canary=a", string.Empty, "canary=b", TimeSpan.FromHours(1), TimeSpan.Zero, string.Empty);

        Assert.Contains("insider", Routing(new TrafficPlan(0, 100) { Match = [insider] }), StringComparison.Ordinal);
        Assert.Contains("mirror", Routing(new TrafficPlan(100, 0) { MirrorPercent = 100 }), StringComparison.Ordinal);
        Assert.Contains("canary=a", Routing(new TrafficPlan(90, 10) { Affinity = affinity }), StringComparison.Ordinal);
    }

    private static string Routing(TrafficPlan plan) =>
        StateObjects.Split(State, plan).Annotations[RoutingJson.Annotation];

    private static string Spec(XdsCanary.KubeRuntime.Objects.SourceObject item) => NodeJson.Canonical(item.Root.Find("spec")!);
}
