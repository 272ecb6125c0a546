using System.Text.Json.Nodes;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>DaemonSets, autoscalers, Services as targets, and deletion.</summary>
[Collection(CanaryCluster.Shared)]
public sealed class OtherTargetTests(CanaryCluster home)
{
    private const string Next = "podinfo:6.0.1";

    private const string TheirService =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: podinfo, namespace: test, labels: {kept: "yes"} }
        spec: {selector: {app: podinfo}, ports: [{name: http, port: 80, targetPort: 9898}]}
        """;

    private const string TheirSplit =
        """
        apiVersion: split.smi-spec.io/v1alpha4
        kind: TrafficSplit
        metadata: {name: podinfo, namespace: test}
        spec: {service: podinfo, backends: [{service: podinfo, weight: 1}]}
        """;

    [Fact]
    public async Task CTL_17_CTL_18_CTL_22_E2E_02_a_DaemonSet_is_stopped_by_its_node_selector_and_promoted()
    {
        var place = await home.GetAsync();
        await place.ApplyAsync(CanaryYaml.DaemonSet);
        await place.ApplyAsync(CanaryYaml.Canary("stepWeight: 50, maxWeight: 50", kind: "DaemonSet"));
        await place.PhaseAsync("Initialized");
        var stopped = await home.Cluster.BecomesAsync(
            place.Path("apps/v1", "daemonsets", "podinfo"), target => SelectorOf(target).Text("flagger.app/scale-to-zero") == "true");
        Assert.Equal("linux", SelectorOf(stopped).Text("kubernetes.io/os"));

        await place.ReleaseAsync(Next, "daemonset");

        await place.PhaseAsync("Progressing");
        var running = await place.Api.GetAsync(place.Path("apps/v1", "daemonsets", "podinfo"));
        Assert.Null(SelectorOf(running).Text("flagger.app/scale-to-zero"));
        await place.PhaseAsync("Succeeded");
        Assert.Equal(Next, await place.ImageAsync("podinfo-primary", "daemonsets"));
        Assert.Null(SelectorOf(await place.Api.GetAsync(place.Path("apps/v1", "daemonsets", "podinfo-primary"))).Text("flagger.app/scale-to-zero"));
    }

    [Fact]
    public async Task E2E_03_CAN_33_CAN_34_H_27_the_primary_gets_the_target_s_autoscaler_and_follows_it()
    {
        var place = await home.GetAsync();
        await place.ApplyAsync(CanaryYaml.Deployment());
        await place.ApplyAsync(CanaryYaml.Autoscaler(smallest: 2));
        await place.ApplyAsync(CanaryYaml.Canary(
            "stepWeight: 50, maxWeight: 50", "autoscalerRef: {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, name: podinfo}"));
        await place.PhaseAsync("Initialized");
        var path = place.Path("autoscaling/v2", "horizontalpodautoscalers", "podinfo-primary");
        var primary = await place.Api.GetAsync(path);
        Assert.Equal("podinfo-primary", primary.Text("spec", "scaleTargetRef", "name"));
        Assert.Equal("blue", primary.Text("metadata", "labels", "team"));

        await place.Api.PatchAsync(
            place.Path("autoscaling/v2", "horizontalpodautoscalers", "podinfo"),
            new JsonObject { ["spec"] = new JsonObject { ["maxReplicas"] = 6 } });
        await place.ReleaseAsync(Next);

        await place.PhaseAsync("Progressing");
        await place.PhaseAsync("Succeeded");
        Assert.Equal(6, (await place.Api.GetAsync(path)).Number("spec", "maxReplicas"));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task CTL_64_to_67_E2E_10_a_deleted_canary_gives_the_target_its_pods_and_its_traffic_back(bool isSplitTheirs)
    {
        var place = await home.GetAsync();
        await place.ApplyAsync(CanaryYaml.Deployment());
        await place.ApplyAsync(TheirService);
        var portsBefore = (await place.Api.GetAsync(place.Path("v1", "services", "podinfo"))).Items("spec", "ports").Select(port => port.ToJsonString()).ToList();
        var split = place.Path("split.smi-spec.io/v1alpha4", "trafficsplits", "podinfo");
        if (isSplitTheirs)
        {
            await place.ApplyAsync(TheirSplit);
        }

        var theirs = (await place.Api.TryGetAsync(split)).Text("metadata", "uid");
        await place.ApplyAsync(CanaryYaml.Canary(more: "revertOnDeletion: true"));
        await place.CanaryAsync(found => found.Texts("metadata", "finalizers").Contains("finalizer.flagger.app"));
        await place.PhaseAsync("Initialized");
        await Eventually.BecomesAsync(async () => (await home.Server.Admin.ConvergenceAsync($"{place.Name}/podinfo")).IsLive);
        await home.Cluster.BecomesAsync(
            place.Path("apps/v1", "deployments", "podinfo"), target => target.Number("spec", "replicas") == 0);
        await using var load = TrafficClient.Start(home.Load($"podinfo.{place.Name}") with { RequestsPerSecond = 50, Connections = 2 });
        await load.AdvancesAsync(20);

        await place.Api.DeleteAsync(place.Path("flagger.app/v1beta1", "canaries", "podinfo"));

        await Eventually.BecomesAsync(async () => await place.Api.TryGetAsync(place.Path("flagger.app/v1beta1", "canaries", "podinfo")) is null);
        // The garbage collector takes half a minute to notice a new kind of owner.
        await Eventually.BecomesAsync(
            async () => await place.Api.TryGetAsync(place.Path("apps/v1", "deployments", "podinfo-primary")) is null,
            TimeSpan.FromSeconds(120));
        await load.AdvancesAsync(100);
        var report = await load.StopAsync();
        Figures.Record($"deletion with revertOnDeletion: {report}");
        Assert.Equal(0, report.Failed);
        Assert.Equal(1, (await place.DeploymentAsync("podinfo")).Number("status", "availableReplicas"));
        var service = await place.Api.GetAsync(place.Path("v1", "services", "podinfo"));
        Assert.Equal("podinfo", service.Text("spec", "selector", "app"));
        Assert.Equal("yes", service.Text("metadata", "labels", "kept"));
        Assert.Null(service.Text("metadata", "annotations", "kustomize.toolkit.fluxcd.io/reconcile"));
        Assert.Equal(portsBefore, service.Items("spec", "ports").Select(port => port.ToJsonString()));
        if (!isSplitTheirs)
        {
            await Eventually.BecomesAsync(async () => await place.Api.TryGetAsync(split) is null, TimeSpan.FromSeconds(60));
            return;
        }

        // By now the collector has looked at what the canary owned.
        var left = await place.Api.GetAsync(split);
        Assert.Equal(theirs, left.Text("metadata", "uid"));
        Assert.Empty(left.Items("metadata", "ownerReferences"));
        Assert.Equal(["podinfo"], left.Items("spec", "backends").Select(backend => backend.Text("service")));
    }

    [Fact]
    public async Task E2E_16_a_failed_revision_is_not_analysed_again_until_it_is_new()
    {
        var place = await home.GetAsync();
        await place.ApplyAsync(CanaryYaml.Deployment());
        await place.ApplyAsync(CanaryYaml.Canary($"stepWeight: 50, maxWeight: 50, {CanaryYaml.Metrics}"));
        await place.PhaseAsync("Initialized");
        await Eventually.BecomesAsync(async () => (await home.Server.Admin.ConvergenceAsync($"{place.Name}/podinfo")).IsLive);
        await using (TrafficClient.Start(home.Load($"podinfo.{place.Name}", "/status/500") with { RequestsPerSecond = 50 }))
        {
            await place.ReleaseAsync(Next);
            await place.PhaseAsync("Failed");
        }

        await place.ReleaseAsync(CanaryYaml.FirstImage);
        var back = await place.CanaryAsync(found => found.Text("status", "lastAppliedSpec") == found.Text("status", "lastPromotedSpec"));
        Assert.Equal("Failed", back.Text("status", "phase"));
        await using var load = TrafficClient.Start(home.Load($"podinfo.{place.Name}") with { RequestsPerSecond = 50 });
        await place.ReleaseAsync(Next);

        await place.PhaseAsync("Progressing");
        await place.PhaseAsync("Succeeded");
        Assert.Equal(Next, await place.ImageAsync("podinfo-primary"));
    }

    [Fact]
    public async Task CTL_29_a_Service_is_released_by_what_it_selects()
    {
        var place = await home.GetAsync();
        await place.ApplyAsync(CanaryYaml.Deployment());
        await place.ApplyAsync(CanaryYaml.Deployment(Next).Replace("name: podinfo\n", "name: newer\n", StringComparison.Ordinal)
            .Replace("app: podinfo", "app: newer", StringComparison.Ordinal));
        await place.ApplyAsync(CanaryYaml.Service("podinfo"));
        await place.ApplyAsync(CanaryYaml.Canary("stepWeight: 50, maxWeight: 50")
            .Replace("apiVersion: apps/v1, kind: Deployment", "apiVersion: v1, kind: Service", StringComparison.Ordinal)
            .Replace("progressDeadlineSeconds: 30", string.Empty, StringComparison.Ordinal));
        await place.PhaseAsync("Initialized");

        await place.ApplyAsync(CanaryYaml.Service("newer"));

        await place.PhaseAsync("Progressing");
        await place.PhaseAsync("Succeeded");
        var primary = await place.Api.GetAsync(place.Path("v1", "services", "podinfo-primary"));
        Assert.Equal("newer", primary.Text("spec", "selector", "app"));
    }

    [Fact]
    public async Task RTR_13_H_08_what_others_change_in_made_services_is_put_right()
    {
        var place = await home.GetAsync();
        await place.ApplyAsync(CanaryYaml.Deployment());
        await place.ApplyAsync(CanaryYaml.Canary());
        await place.PhaseAsync("Initialized");
        var path = place.Path("v1", "services", "podinfo-canary");

        await place.Api.PatchAsync(path, new JsonObject { ["spec"] = new JsonObject { ["selector"] = new JsonObject { ["app"] = "nobody" } } });

        await home.Cluster.BecomesAsync(path, service => service.Text("spec", "selector", "app") == "podinfo");
    }

    // What was made for the canary leads nowhere any more: requests fail until the primary has them all.
    [Fact]
    public async Task H_08_a_run_whose_target_is_deleted_gives_all_traffic_to_the_primary()
    {
        var place = await home.InitialiseAsync(CanaryYaml.Canary("stepWeight: 20, maxWeight: 60", deadline: 4));
        await place.ReleaseAsync(Next);
        await place.CanaryAsync(found => found.Number("status", "canaryWeight") >= 20);

        await place.Api.DeleteAsync(place.Path("apps/v1", "deployments", "podinfo"));

        var failed = await place.PhaseAsync("Failed");
        // The reason in the status is soon that the target is missing.
        Assert.Equal("ProgressDeadline", failed.Text("status", "history", "0", "reason"));
        await place.LiveAsync(0);
        Assert.Equal(0, (await place.WeightsAsync())["podinfo-canary"]);
    }

    [Fact]
    public async Task H_31_an_invalid_canary_is_told_on_the_object_and_harms_no_other()
    {
        var place = await home.GetAsync();
        await place.ApplyAsync(CanaryYaml.Deployment());
        await place.ApplyAsync(CanaryYaml.Canary("stepWeight: 50, maxWeight: 50, metrics: [{name: error-rate, interval: 1m, thresholdRange: {max: 1}, templateRef: {name: Not_A_Name} }]"));

        await Eventually.BecomesAsync(async () =>
            (await place.EventsAsync()).Any(text => text.Contains("invalid canary spec", StringComparison.Ordinal)));
        var faulty = await place.CanaryAsync(found => found.Condition("Accepted") == "False");
        Assert.Contains("spec.analysis.metrics[0].templateRef.name", faulty["status"]!["conditions"]!.ToJsonString(), StringComparison.Ordinal);

        await place.ApplyAsync(CanaryYaml.Canary("stepWeight: 50, maxWeight: 50"));

        await place.CanaryAsync(found => found.Condition("Accepted") is null && found.Text("status", "phase") == "Initialized");
    }

    private static JsonNode? SelectorOf(JsonObject workload) => workload.At("spec", "template", "spec", "nodeSelector");
}
