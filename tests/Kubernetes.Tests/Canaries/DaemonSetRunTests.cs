using System.Text.Json.Nodes;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.Processes;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>Runs of a DaemonSet's canary, whose pods are replaced on each node and stopped by a node selector.</summary>
[Collection(CanaryCluster.Shared)]
public sealed class DaemonSetRunTests(CanaryCluster home)
{
    private const string Next = "podinfo:6.0.1";

    [Fact]
    public async Task CTL_21_CTL_28_a_newer_revision_starts_the_run_over_and_alerts_tell_of_it()
    {
        await using var chat = new StubServer(FreePort.Next());
        var place = await home.GetAsync();
        await place.ApplyAsync(
            $$"""
            apiVersion: v1
            kind: Secret
            metadata: {name: chat, namespace: test}
            stringData: {address: "{{chat.Address}}"}
            ---
            apiVersion: flagger.app/v1beta1
            kind: AlertProvider
            metadata: {name: chat, namespace: test}
            spec: {type: slack, secretRef: {name: chat} }
            """);
        await place.ApplyAsync(CanaryYaml.DaemonSet);
        await place.ApplyAsync(CanaryYaml.Canary(
            "stepWeight: 10, maxWeight: 30, alerts: [{name: here, severity: info, providerRef: {name: chat} }, "
                + $"{{name: there, severity: info, providerRef: {{name: chat, namespace: {place.Name}}} }}]",
            kind: "DaemonSet",
            interval: "1s"));
        await place.PhaseAsync("Initialized");
        await Eventually.BecomesAsync(() => chat.Bodies.Count(body => body.Contains("initialization completed", StringComparison.Ordinal)) == 2);
        await place.StoppedAsync("daemonsets");
        await place.ReleaseAsync(Next, "daemonset");
        await place.CanaryAsync(found => found.Number("status", "canaryWeight") >= 10);

        await place.ReleaseAsync("podinfo:6.0.2", "daemonset");

        await place.LiveAsync(0);
        await place.ToldAsync($"New revision detected! Restarting analysis for podinfo.{place.Name}");
        Assert.NotEqual(Next, await place.ImageAsync("podinfo-primary", "daemonsets"));
        await place.PhaseAsync("Succeeded");
        Assert.Equal("podinfo:6.0.2", await place.ImageAsync("podinfo-primary", "daemonsets"));
        await Eventually.BecomesAsync(() => chat.Bodies.Any(body => body.Contains("promotion finished", StringComparison.Ordinal)));
        Assert.All(chat.Bodies, body => Assert.Equal(
            $"podinfo.{place.Name}", JsonNode.Parse(body).Text("attachments", "0", "author_name")));
    }

    [Fact]
    public async Task CTL_23_a_mirrored_run_copies_requests_before_it_moves_any()
    {
        await using var gate = new StubServer(FreePort.Next());
        var place = await home.InitialiseAsync(
            CanaryYaml.Canary(
                $"stepWeight: 50, maxWeight: 50, mirror: true, webhooks: [{CanaryYaml.Hook("rollout", gate.Address)}]", kind: "DaemonSet", interval: "1s"),
            CanaryYaml.DaemonSet);
        gate.IsClosed = true;
        await using var load = TrafficClient.Start(home.Load($"podinfo.{place.Name}") with { RequestsPerSecond = 100, Connections = 2 });
        await place.ReleaseAsync(Next, "daemonset");

        // The rollout hook holds the run at its first step.
        await Eventually.BecomesAsync(async () => await place.RequestsAsync("podinfo-canary") > 20);
        var mirrored = await place.Api.GetAsync(place.Path("split.smi-spec.io/v1alpha4", "trafficsplits", "podinfo"));
        Assert.Contains("mirror", mirrored.Text("metadata", "annotations", "xdscanary.io/routing"), StringComparison.Ordinal);
        Assert.Equal(0, (await place.WeightsAsync())["podinfo-canary"]);
        using (var visitor = new Visitor(place))
        {
            for (var count = 0; count < 10; count++)
            {
                Assert.True((await visitor.AskAsync()).IsFromPrimary);
            }
        }

        gate.IsClosed = false;
        await place.LiveAsync(50);
        var shared = await place.Api.GetAsync(place.Path("split.smi-spec.io/v1alpha4", "trafficsplits", "podinfo"));
        Assert.Null(shared.Text("metadata", "annotations", "xdscanary.io/routing"));
        await place.PhaseAsync("Succeeded");
        Assert.Equal(0, (await load.StopAsync()).Failed);
        Assert.Equal(Next, await place.ImageAsync("podinfo-primary", "daemonsets"));
    }

    [Fact]
    public async Task CTL_19_CAN_13_CAN_24_failed_checks_are_counted_in_the_status_and_the_last_one_rolls_back()
    {
        var place = await home.InitialiseAsync(
            CanaryYaml.Canary($"stepWeight: 25, maxWeight: 50, abort: {{disabled: true}}, {CanaryYaml.Metrics}", kind: "DaemonSet", interval: "1s"),
            CanaryYaml.DaemonSet);
        await using var load = TrafficClient.Start(home.Load($"podinfo.{place.Name}", "/status/500") with { RequestsPerSecond = 50 });
        await place.ReleaseAsync(Next, "daemonset");

        var counting = await place.CanaryAsync(found => found.Number("status", "failedChecks") is 1 or 2);
        Assert.Equal("Progressing", counting.Text("status", "phase"));
        Assert.Equal("Unknown", counting.Condition("Promoted"));
        var failed = await place.PhaseAsync("Failed");

        Assert.Equal("ThresholdReached", failed.Text("status", "reason"));
        Assert.Equal(0, failed.Number("status", "failedChecks"));
        Assert.Equal("False", failed.Condition("Promoted"));
        await place.StoppedAsync("daemonsets");
        Assert.Equal("podinfo:6.0.0", await place.ImageAsync("podinfo-primary", "daemonsets"));
        Assert.Contains($"Rolling back podinfo.{place.Name} failed checks threshold reached 3", await place.EventsAsync());
    }

    [Fact]
    public async Task CTL_20_CAN_21_E2E_02_without_analysis_it_is_promoted_when_ready_and_it_is_given_back_when_the_canary_is_deleted()
    {
        var place = await home.InitialiseAsync(
            CanaryYaml.Canary(kind: "DaemonSet", more: "skipAnalysis: true\n  revertOnDeletion: true"), CanaryYaml.DaemonSet);

        await place.ReleaseAsync(Next, "daemonset");

        await place.PhaseAsync("Succeeded");
        Assert.Contains($"Promotion completed! Canary analysis was skipped for podinfo.{place.Name}", await place.EventsAsync());
        Assert.Equal(Next, await place.ImageAsync("podinfo-primary", "daemonsets"));
        var stopped = await place.StoppedAsync("daemonsets");
        Assert.Equal("linux", stopped.Text("spec", "template", "spec", "nodeSelector", "kubernetes.io/os"));

        await place.Api.DeleteAsync(place.Path("flagger.app/v1beta1", "canaries", "podinfo"));

        await Eventually.BecomesAsync(async () => await place.Api.TryGetAsync(place.Path("flagger.app/v1beta1", "canaries", "podinfo")) is null);
        var back = await place.Api.GetAsync(place.Path("apps/v1", "daemonsets", "podinfo"));
        Assert.Equal(1, back.Number("status", "numberReady"));
        Assert.Equal("""{"kubernetes.io/os":"linux"}""", back.At("spec", "template", "spec", "nodeSelector")!.ToJsonString());
    }
}
