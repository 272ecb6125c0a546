using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>What is said on TrafficSplits about what became of them.</summary>
public sealed class SplitStatusTests
{
    private static readonly DateTimeOffset Now = new(2026, 2, 3, 4, 5, 6, TimeSpan.Zero);

    private static readonly JsonObject Said = SplitStatus.Next(null, Verdict("True", 3), Now)!;

    [Fact]
    public void A_split_without_status_gets_its_conditions() => AssertJson(
        """
        conditions:
        - {type: Accepted, status: "True", reason: Fine, message: It is in use, lastTransitionTime: "2026-02-03T04:05:06Z", observedGeneration: 3}
        """,
        Said);

    [Fact]
    public void What_is_said_already_is_not_said_again() => Assert.Null(SplitStatus.Next(Said, Verdict("True", 3), Now.AddHours(1)));

    [Fact]
    public void Another_generation_is_told_without_a_transition()
    {
        var next = SplitStatus.Next(Said, Verdict("True", 4), Now.AddHours(1))!;

        var condition = Assert.Single(next.ItemsAt("conditions"));
        Assert.Equal(4, condition.NumberAt("observedGeneration"));
        Assert.Equal("2026-02-03T04:05:06Z", condition.TextAt("lastTransitionTime"));
    }

    [Fact]
    public void A_transition_has_its_time_and_what_others_wrote_stays()
    {
        var before = Said.Copy();
        before["other"] = "kept";
        ((JsonArray)before["conditions"]!).Add(new JsonObject { ["type"] = "Theirs", ["status"] = "True" });

        var next = SplitStatus.Next(before, Verdict("False", 3), Now.AddHours(1))!;

        Assert.Equal("kept", next.TextAt("other"));
        Assert.Equal(["Theirs", "Accepted"], next.ItemsAt("conditions").Select(item => item.TextAt("type")));
        Assert.Equal("2026-02-03T05:05:06Z", next.ItemsAt("conditions").Last().TextAt("lastTransitionTime"));
    }

    private static SplitVerdict Verdict(string status, long generation) =>
        new(new NamespacedName("test", "web"), generation, [new CanaryCondition("Accepted", status, "Fine", "It is in use")]);
}
