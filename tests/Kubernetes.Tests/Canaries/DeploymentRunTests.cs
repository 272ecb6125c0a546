using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>Runs of a Deployment's canary with real controllers, pods, Envoy and traffic.</summary>
[Collection(CanaryCluster.Shared)]
public sealed class DeploymentRunTests(CanaryCluster home)
{
    private const string Next = "podinfo:6.0.1";

    [Fact]
    public async Task CTL_01_E2E_01_initialisation_makes_a_primary_and_its_services_and_stops_the_target()
    {
        var place = await home.InitialiseAsync(CanaryYaml.Canary());

        var primary = await place.DeploymentAsync("podinfo-primary");
        Assert.Equal(1, primary.Number("status", "availableReplicas"));
        Assert.Equal("blue", primary.Text("metadata", "labels", "team"));
        Assert.Equal("podinfo-primary", primary.Text("spec", "selector", "matchLabels", "app"));
        Assert.Equal(0, (await place.DeploymentAsync("podinfo")).Number("spec", "replicas"));
        foreach (var (service, selected) in new[] { ("podinfo", "podinfo-primary"), ("podinfo-primary", "podinfo-primary"), ("podinfo-canary", "podinfo") })
        {
            var made = await place.Api.GetAsync(place.Path("v1", "services", service));
            Assert.Equal(selected, made.Text("spec", "selector", "app"));
            Assert.Equal("disabled", made.Text("metadata", "annotations", "kustomize.toolkit.fluxcd.io/reconcile"));
            Assert.Equal("podinfo", made.Text("metadata", "ownerReferences", "0", "name"));
        }

        Assert.Equal(new Dictionary<string, int> { ["podinfo-canary"] = 0, ["podinfo-primary"] = 100 }, await place.WeightsAsync());
        var canary = await place.PhaseAsync("Initialized");
        Assert.Equal("True", canary.Condition("Promoted"));
        Assert.Equal(["configmap/podinfo-config-env", "secret/podinfo-secret-env"], canary.Entries("status", "trackedConfigs").Select(pair => pair.Key));
        Assert.Contains($"Initialization done! podinfo.{place.Name}", await place.EventsAsync());
    }

    [Fact]
    public async Task CTL_10_E2E_04_a_new_image_is_promoted_step_by_step_and_no_request_fails()
    {
        var place = await home.InitialiseAsync(CanaryYaml.Canary($"stepWeight: 25, maxWeight: 50, {CanaryYaml.Metrics}"));
        await using var load = TrafficClient.Start(home.Load($"podinfo.{place.Name}") with { RequestsPerSecond = 50, Connections = 2 });
        await load.AdvancesAsync(20);

        await place.ReleaseAsync(Next);

        await place.PhaseAsync("Progressing");
        await place.PhaseAsync("Succeeded");
        var report = await load.StopAsync();
        Figures.Record($"promotion of a Deployment: {report}");
        Assert.Equal(0, report.Failed);
        Assert.Equal(Next, await place.ImageAsync("podinfo-primary"));
        Assert.Equal(0, (await place.DeploymentAsync("podinfo")).Number("spec", "replicas"));
        var name = $"podinfo.{place.Name}";
        string[] told =
        [
            $"New revision detected! Scaling up {name}", $"Starting canary analysis for {name}", $"Advance {name} canary weight 25",
            $"Advance {name} canary weight 50", $"Copying {name} template spec to podinfo-primary.{place.Name}",
            "Routing all traffic to primary", $"Promotion completed! Scaling down {name}",
        ];
        Assert.Equal(told, (await place.EventsAsync()).Where(told.Contains));
    }

    [Fact]
    public async Task CTL_03_E2E_04_a_revision_that_answers_500s_is_rolled_back()
    {
        var place = await home.InitialiseAsync(CanaryYaml.Canary($"stepWeight: 25, maxWeight: 50, {CanaryYaml.Metrics}"));
        await using var load = TrafficClient.Start(home.Load($"podinfo.{place.Name}", "/status/500") with { RequestsPerSecond = 50 });

        await place.ReleaseAsync(Next);

        var failed = await place.PhaseAsync("Failed");
        await load.StopAsync();
        Assert.Equal("False", failed.Condition("Promoted"));
        Assert.Equal(CanaryYaml.FirstImage, await place.ImageAsync("podinfo-primary"));
        Assert.Equal(0, (await place.WeightsAsync())["podinfo-canary"]);
        await home.Cluster.BecomesAsync(
            place.Path("apps/v1", "deployments", "podinfo"), target => target.Number("spec", "replicas") == 0);
        Assert.Contains($"Canary failed! Scaling down podinfo.{place.Name}", await place.EventsAsync());
    }

    [Fact]
    public async Task CTL_10_CAN_03_H_16_changed_configuration_is_a_revision_and_the_primary_gets_a_whole_copy_of_it()
    {
        var place = await home.InitialiseAsync(CanaryYaml.Canary("stepWeight: 50, maxWeight: 50"));

        await place.ApplyAsync(
            """
            apiVersion: v1
            kind: ConfigMap
            metadata: {name: podinfo-config-env, namespace: test}
            data: {color: green}
            binaryData: {logo: AAECAw==}
            """);

        await place.PhaseAsync("Progressing");
        await place.PhaseAsync("Succeeded");
        var primary = await place.DeploymentAsync("podinfo-primary");
        var clone = primary.Text("spec", "template", "spec", "containers", "0", "env", "0", "valueFrom", "configMapKeyRef", "name")!;
        var config = await place.Api.GetAsync(place.Path("v1", "configmaps", clone));
        Assert.Equal("green", config.Text("data", "color"));
        Assert.Equal("AAECAw==", config.Text("binaryData", "logo"));
    }

    [Fact]
    public async Task CTL_09_a_newer_revision_starts_the_run_over()
    {
        var place = await home.InitialiseAsync(CanaryYaml.Canary("stepWeight: 10, maxWeight: 50"));
        await place.ReleaseAsync(Next);
        await place.CanaryAsync(found => found.Number("status", "canaryWeight") >= 20);

        await place.ReleaseAsync("podinfo:6.0.2");

        await Eventually.BecomesAsync(async () =>
            (await place.EventsAsync()).Contains($"New revision detected! Restarting analysis for podinfo.{place.Name}"));
        await place.PhaseAsync("Succeeded");
        Assert.Equal("podinfo:6.0.2", await place.ImageAsync("podinfo-primary"));
    }

    [Fact]
    public async Task H_02_a_target_set_back_to_the_promoted_revision_ends_the_run()
    {
        var place = await home.InitialiseAsync(CanaryYaml.Canary("stepWeight: 10, maxWeight: 50"));
        await place.ReleaseAsync(Next);
        await place.CanaryAsync(found => found.Number("status", "canaryWeight") >= 10);

        await place.ReleaseAsync(CanaryYaml.FirstImage);

        var failed = await place.PhaseAsync("Failed");
        Assert.Equal("Reverted", failed.Text("status", "history", "0", "reason"));
        Assert.Equal(CanaryYaml.FirstImage, await place.ImageAsync("podinfo-primary"));
    }

    [Fact]
    public async Task E2E_12_a_revision_that_never_gets_ready_fails_at_the_deadline_and_the_primary_serves_on()
    {
        var place = await home.InitialiseAsync(CanaryYaml.Canary(more: "skipAnalysis: true"));
        await using var load = TrafficClient.Start(home.Load($"podinfo.{place.Name}") with { RequestsPerSecond = 20 });

        await place.ReleaseAsync("nowhere.example/missing:1");

        var failed = await place.PhaseAsync("Failed");
        var report = await load.StopAsync();
        Assert.Equal(0, report.Failed);
        Assert.Equal("ProgressDeadline", failed.Text("status", "reason"));
        Assert.Equal(CanaryYaml.FirstImage, await place.ImageAsync("podinfo-primary"));
    }

    [Fact]
    public async Task CTL_06_E2E_12_a_run_without_analysis_is_promoted_as_soon_as_it_is_ready()
    {
        var place = await home.InitialiseAsync(CanaryYaml.Canary(more: "skipAnalysis: true"));

        await place.ReleaseAsync(Next);

        await place.PhaseAsync("Succeeded");
        Assert.Equal(Next, await place.ImageAsync("podinfo-primary"));
        Assert.Contains($"Promotion completed! Canary analysis was skipped for podinfo.{place.Name}", await place.EventsAsync());
    }
}
