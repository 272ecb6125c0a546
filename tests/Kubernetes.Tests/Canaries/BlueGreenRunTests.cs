using System.Text.Json.Nodes;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.Processes;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>Blue/Green runs behind a Service that clients call already, and the metadata of what is made for a canary.</summary>
[Collection(CanaryCluster.Shared)]
public sealed class BlueGreenRunTests(CanaryCluster home)
{
    private const string Next = "podinfo:6.0.1";

    // Not the target's name: all that is made for the traffic is called after the Service.
    private const string Apex = "podinfo-svc";

    private static readonly string[] Roles = ["apex", "primary", "canary"];

    private static readonly (string Key, string Value)[] ToolkitOff =
        [("helm.toolkit.fluxcd.io/driftDetection", "disabled"), ("kustomize.toolkit.fluxcd.io/reconcile", "disabled")];

    private static readonly (int Primary, int Canary) Blue = (100, 0);
    private static readonly (int Primary, int Canary) Green = (0, 100);

    [Theory]
    [InlineData("", true)]
    [InlineData("provider: kubernetes", false)]
    public async Task E2E_07_E2E_01_green_is_checked_without_traffic_and_replaces_blue_at_once(string provider, bool movesTraffic)
    {
        await using var start = new StubServer(FreePort.Next()) { IsClosed = true };
        await using var smoke = new StubServer(FreePort.Next());
        await using var end = new StubServer(FreePort.Next()) { IsClosed = true };
        var place = await home.GetAsync();
        var service = await ServiceThatWasThereAsync(place);
        await using var weights = WeightWatch.Start(place.Api);

        // From before there was a canary until after its run.
        await using var load = TrafficClient.Start(home.Load($"{Apex}.{place.Name}") with { RequestsPerSecond = 50, Connections = 2 });
        await load.AdvancesAsync(20);
        await place.ApplyAsync(CanaryYaml.Canary(
            $"iterations: 5, webhooks: [{CanaryYaml.Hook("confirm-rollout", start.Address)}, "
                + $"{CanaryYaml.Hook("pre-rollout", smoke.Address)}, {CanaryYaml.Hook("confirm-promotion", end.Address)}]",
            provider,
            $"name: {Apex}, apex: {{labels: {{not-of: theirs}} }}",
            interval: "1s"));
        await place.PhaseAsync("Initialized");
        await place.StoppedAsync();
        await place.ReleaseAsync(Next);

        await place.PhaseAsync("Waiting");
        Assert.Equal(0, (await place.DeploymentAsync("podinfo")).Number("spec", "replicas"));
        Assert.Empty(smoke.Bodies);
        start.IsClosed = false;
        await place.PhaseAsync("WaitingPromotion");
        Assert.Equal(1, (await place.DeploymentAsync("podinfo")).Number("status", "availableReplicas"));
        Assert.Equal(CanaryYaml.FirstImage, await place.ImageAsync("podinfo-primary"));
        Assert.Equal(0, await place.RequestsAsync($"{Apex}-canary"));
        end.IsClosed = false;
        await place.PhaseAsync("Succeeded");
        await place.LiveAsync(0, Apex);
        await load.AdvancesAsync(20);
        await Eventually.BecomesAsync(() => weights.Of($"{place.Name}/{Apex}") is [.., var last] && last == Blue);

        var (report, ofGreen) = (await load.StopAsync(), await place.RequestsAsync($"{Apex}-canary"));
        Figures.Record($"Blue/Green: {report}; {ofGreen} answered by green");
        Assert.Equal(0, report.Failed);
        Assert.Equal(movesTraffic, ofGreen > 0);
        Assert.Equal(movesTraffic ? [Blue, Green, Blue] : [Blue], weights.Of($"{place.Name}/{Apex}"));
        Assert.Equal(Next, await place.ImageAsync("podinfo-primary"));
        AssertIsTheirs(service, await place.Api.GetAsync(place.Path("v1", "services", Apex)));
        AssertCalls(start, place, "Initialized", "Waiting");
        AssertCalls(smoke, place, "Progressing");
        Assert.Single(smoke.Bodies);
        AssertCalls(end, place, "Progressing");
        await AssertToldAsync(place, movesTraffic);
    }

    [Fact]
    public async Task E2E_01_RTR_16_RTR_21_metadata_of_the_canary_and_labels_of_the_prefix_go_to_what_is_made()
    {
        var place = await home.InitialiseAsync(CanaryYaml.Canary(
            more: "skipAnalysis: true",
            service: string.Join(", ", Roles.Select(role => $"{role}: {{labels: {{of: {role}}}, annotations: {{example.com/of: the {role}}} }}"))));
        var target = place.Path("apps/v1", "deployments", "podinfo");

        foreach (var (role, name) in Roles.Zip(["podinfo", "podinfo-primary", "podinfo-canary"]))
        {
            var made = await place.Api.GetAsync(place.Path("v1", "services", name));
            Assert.Equal([("app", name), ("of", role)], Pairs(made, "labels"));
            Assert.Equal([("example.com/of", $"the {role}"), .. ToolkitOff], Pairs(made, "annotations"));
        }

        var first = await place.DeploymentAsync("podinfo-primary");
        Assert.Equal([("app", "podinfo-primary"), ("team", "blue")], Pairs(first, "labels"));
        Assert.Equal(("blue", "x"), (Annotation(first, "team/owner"), Annotation(first, "other")));

        await place.Api.PatchAsync(
            target, KubeJson.ReadYaml("metadata: {labels: {team: green, tier: back}, annotations: {team/owner: green, other: y} }")[0]);
        await place.ReleaseAsync(Next);
        await place.PhaseAsync("Succeeded");

        // A promotion takes only what has the prefix along.
        var promoted = await place.DeploymentAsync("podinfo-primary");
        Assert.Equal(Next, await place.ImageAsync("podinfo-primary"));
        Assert.Equal([("app", "podinfo-primary"), ("team", "green")], Pairs(promoted, "labels"));
        Assert.Equal("green", Annotation(promoted, "team/owner"));
        Assert.NotEqual("y", Annotation(promoted, "other"));
    }

    // With pods behind it, and in the Envoy.
    private async Task<JsonObject> ServiceThatWasThereAsync(CanaryPlace place)
    {
        await place.ApplyAsync(CanaryYaml.Deployment());
        await place.ApplyAsync(CanaryYaml.Service("podinfo", Apex));
        await home.Cluster.DeploymentBecomesReadyAsync(place.Name, "podinfo");
        await Eventually.BecomesAsync(async () => (await TrafficClient.RunAsync(home.Load($"{Apex}.{place.Name}"), 1)).Failed == 0);
        return await place.Api.GetAsync(place.Path("v1", "services", Apex));
    }

    // It leads to the primary and keeps Flux away; all else is as it was.
    private static void AssertIsTheirs(JsonObject before, JsonObject after)
    {
        Assert.Equal(before.Uid(), after.Uid());
        Assert.Null(after.At("metadata", "ownerReferences"));
        Assert.Null(after.At("metadata", "labels"));
        Assert.Equal(ToolkitOff, Pairs(after, "annotations"));
        Assert.Equal("podinfo-primary", after.Text("spec", "selector", "app"));
        foreach (var spec in new[] { before, after })
        {
            spec["spec"]!.AsObject().Remove("selector");
        }

        Assert.Equal(before["spec"]!.ToJsonString(), after["spec"]!.ToJsonString());
    }

    private static void AssertCalls(StubServer hook, CanaryPlace place, params string[] phases)
    {
        var calls = hook.Bodies.Select(body => JsonNode.Parse(body)!.AsObject()).ToList();
        Assert.Equal(phases, calls.Select(call => call.Text("phase")).Distinct());
        Assert.All(calls, call =>
        {
            Assert.Equal(["name", "namespace", "phase", "checksum"], call.Select(field => field.Key));
            Assert.Equal(("podinfo", place.Name), (call.Text("name"), call.Text("namespace")));
            Assert.NotEqual(string.Empty, call.Text("checksum"));
        });
    }

    private static async Task AssertToldAsync(CanaryPlace place, bool movesTraffic)
    {
        var name = $"podinfo.{place.Name}";
        var routed = new[] { "Routing all traffic to canary", "Routing all traffic to primary" };
        string[] told =
        [
            $"Halt {name} advancement waiting for approval confirm-rollout", "Confirm-rollout check confirm-rollout passed",
            $"New revision detected! Scaling up {name}", $"Starting canary analysis for {name}", "Pre-rollout check pre-rollout passed",
            .. Enumerable.Range(1, 5).Select(iteration => $"Advance {name} canary iteration {iteration}/5"),
            $"Halt {name} advancement waiting for promotion approval confirm-promotion",
            .. movesTraffic ? routed[..1] : [], $"Copying {name} template spec to podinfo-primary.{place.Name}",
            .. movesTraffic ? routed[1..] : [], $"Promotion completed! Scaling down {name}",
        ];
        await place.ToldAsync(told[^1]);
        Assert.Equal(told, (await place.EventsAsync()).Where(text => told.Contains(text) || routed.Contains(text)));
    }

    private static IEnumerable<(string Key, string Value)> Pairs(JsonObject item, string field) =>
        item.Entries("metadata", field).Select(pair => (pair.Key, $"{pair.Value}")).OrderBy(pair => pair.Key, StringComparer.Ordinal);

    private static string? Annotation(JsonObject item, string key) => item.Text("metadata", "annotations", key);
}
