using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes;
using XdsCanary.CanaryEngine.Tests.Resources;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>What is remembered, as a Canary object's status has it.</summary>
public sealed class StatusJsonTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    private static readonly CanarySpec Spec = CanaryManifest.Accept(CanaryManifest.Write());

    private static readonly CanaryStatus Status = new()
    {
        Phase = CanaryPhase.Progressing,
        CanaryWeight = 20,
        FailedChecks = 1,
        LastAppliedSpec = "b",
        LastPromotedSpec = "a",
        LastTransitionTime = Now,
        ObservedGeneration = 3,
        Approvals = [new Approval("gate", "b")],
        Checks = [new CheckResult("m", Now.AddMilliseconds(1), Verdict.Inconclusive, null, 1.5, "why", "query", "answer")],
        Run = new RunStatus
        {
            Revision = "b",
            StartedAt = Now.AddTicks(1),
            Before = CanaryPhase.Succeeded,
            Plan = new RunPlan(CanaryStrategy.Canary, [10, 20], 0, false, 0),
            Weight = 20,
            IsLive = false,
            Inconclusive = InconclusiveKind.Outage,
        },
    };

    [Fact]
    public void What_was_written_is_read() =>
        Assert.Equal(Status, StatusJson.Read(StatusJson.Write(Spec, Status, new Dictionary<string, string>(), null)));

    [Fact]
    public void CAN_12_CAN_14_phase_counters_configurations_and_condition_have_Flagger_s_names()
    {
        var json = StatusJson.Write(Spec, Status, new Dictionary<string, string> { ["secret/s"] = "1", ["configmap/c"] = "2" }, null);

        Assert.Equal("Progressing", (string?)json["phase"]);
        Assert.Equal(1, (int?)json["failedChecks"]);
        Assert.Equal("2026-01-02T03:04:05Z", (string?)json["lastTransitionTime"]);
        Assert.Equal("""{"configmap/c":"2","secret/s":"1"}""", json["trackedConfigs"]!.ToJsonString());
        Assert.Equal("Promoted", (string?)json["conditions"]![0]!["type"]);
        Assert.Equal("Unknown", (string?)json["conditions"]![0]!["status"]);
    }

    [Fact]
    public void A_condition_that_says_the_same_keeps_its_times_and_those_of_others_stay()
    {
        var before = JsonNode.Parse(
            """
            {"conditions": [
              {"type": "Other", "status": "True"},
              {"type": "Promoted", "status": "Unknown", "reason": "Progressing", "message": "x",
               "lastUpdateTime": "2020-01-01T00:00:00Z", "lastTransitionTime": "2020-01-01T00:00:00Z"}]}
            """)!.AsObject();

        var conditions = StatusJson.Write(Spec, Status, new Dictionary<string, string>(), before)["conditions"]!.AsArray();

        Assert.Equal("2020-01-01T00:00:00Z", (string?)conditions[0]!["lastTransitionTime"]);
        Assert.Equal("2026-01-02T03:04:05Z", (string?)conditions[0]!["lastUpdateTime"]);
        Assert.Equal("Other", (string?)conditions[1]!["type"]);
    }

    [Fact]
    public void A_status_of_Flagger_is_read_with_nothing_missing()
    {
        var json = JsonNode.Parse(
            """
            {"phase": "Progressing", "canaryWeight": 40, "failedChecks": 2, "iterations": 0, "lastAppliedSpec": "6556b44b5f",
             "lastPromotedSpec": "84bf7d956f", "lastTransitionTime": "2026-11-23T11:39:39Z", "trackedConfigs": {"secret/s": "x"},
             "conditions": [{"type": "Promoted", "status": "Unknown"}]}
            """)!.AsObject();

        var status = StatusJson.Read(json);

        Assert.True(StatusJson.IsForeign(json));
        Assert.Equal(
            CanaryStatus.Empty with
            {
                Phase = CanaryPhase.Progressing,
                CanaryWeight = 40,
                FailedChecks = 2,
                LastAppliedSpec = "6556b44b5f",
                LastPromotedSpec = "84bf7d956f",
                LastTransitionTime = new DateTimeOffset(2026, 11, 23, 11, 39, 39, TimeSpan.Zero),
            },
            status);
    }

    [Fact]
    public void No_status_is_nothing_known() => Assert.Equal(CanaryStatus.Empty, StatusJson.Read(null));
}
