using System.Text.Json.Nodes;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>What is made for a canary stays as it is meant to be between runs, too.</summary>
[Collection(CanaryCluster.Shared)]
public sealed class UpkeepTests(CanaryCluster home)
{
    [Fact]
    public async Task RTR_13_the_service_that_clients_call_is_put_right_between_runs()
    {
        var place = await home.InitialiseAsync(CanaryYaml.Canary());
        var path = place.Path("v1", "services", "podinfo");

        await place.Api.DeleteAsync(path);
        await home.Cluster.BecomesAsync(path, LeadsToThePrimary);

        await place.ApplyAsync(CanaryYaml.Service("podinfo"));
        await home.Cluster.BecomesAsync(path, LeadsToThePrimary);
    }

    [Fact]
    public async Task RTR_13_a_split_that_stood_before_its_canary_leaves_no_service_with_a_target_that_is_stopped()
    {
        var place = await home.GetAsync();
        await place.ApplyAsync(CanaryYaml.Deployment());
        await place.ApplyAsync(CanaryYaml.Service("podinfo"));
        await place.ApplyAsync(
            """
            apiVersion: split.smi-spec.io/v1alpha4
            kind: TrafficSplit
            metadata: {name: podinfo, namespace: test}
            spec: {service: podinfo, backends: [{service: podinfo-canary, weight: 0}, {service: podinfo-primary, weight: 100}]}
            """);

        await place.ApplyAsync(CanaryYaml.Canary());

        await place.StoppedAsync();
        Assert.True(LeadsToThePrimary(await place.Api.GetAsync(place.Path("v1", "services", "podinfo"))));
    }

    [Fact]
    public async Task An_autoscaler_that_comes_after_its_canary_gets_the_primarys_at_once_and_is_missed_in_the_events_until_then()
    {
        var place = await home.GetAsync();
        await place.ApplyAsync(CanaryYaml.Deployment());
        await place.ApplyAsync(CanaryYaml.Canary(
            more: "autoscalerRef: {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, name: podinfo}"));
        await place.ToldAsync("there is no such autoscaler");

        await place.ApplyAsync(CanaryYaml.Autoscaler());

        var made = await home.Cluster.BecomesAsync(
            place.Path("autoscaling/v2", "horizontalpodautoscalers", "podinfo-primary"), _ => true);
        Assert.Equal("podinfo-primary", made.Text("spec", "scaleTargetRef", "name"));
        await place.PhaseAsync("Initialized");
    }

    [Fact]
    public async Task A_canary_that_is_to_be_reverted_is_kept_by_its_finalizer_as_soon_as_that_is_said()
    {
        var place = await home.InitialiseAsync(CanaryYaml.Canary());
        var path = place.Path("flagger.app/v1beta1", "canaries", "podinfo");

        await place.Api.PatchAsync(path, new JsonObject { ["spec"] = new JsonObject { ["revertOnDeletion"] = true, ["suspend"] = true } });
        await place.CanaryAsync(found => found["metadata"]!["finalizers"]?.AsArray().Any(name => $"{name}" == "finalizer.flagger.app") == true);

        await place.Api.PatchAsync(path, new JsonObject { ["spec"] = new JsonObject { ["revertOnDeletion"] = false } });
        await place.CanaryAsync(found => found["metadata"]!["finalizers"]?.AsArray().Count is null or 0);
    }

    private static bool LeadsToThePrimary(JsonObject service) => service.Text("spec", "selector", "app") == "podinfo-primary";
}
