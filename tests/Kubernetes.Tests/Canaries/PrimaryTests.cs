using System.Globalization;
using System.Text.Json.Nodes;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>The primary is lost, is small, or has been idle for long, when it is needed.</summary>
[Collection(CanaryCluster.Shared)]
public sealed class PrimaryTests(CanaryCluster home)
{
    private const string Next = "podinfo:6.0.1";

    [Fact]
    public async Task H_09_a_primary_that_is_deleted_during_a_run_is_made_again_of_what_was_promoted_and_the_run_goes_on()
    {
        var place = await home.InitialiseAsync(CanaryYaml.Canary("stepWeight: 10, maxWeight: 40", interval: "1s"));
        var path = place.Path("apps/v1", "deployments", "podinfo-primary");
        var configs = ConfigOf(await place.Api.GetAsync(path));
        await place.ReleaseAsync(Next);
        await place.CanaryAsync(found => found.Number("status", "canaryWeight") >= 10);
        var lost = (await place.Api.GetAsync(path)).Uid();

        await place.Api.DeleteAsync(path);

        var again = await home.Cluster.BecomesAsync(path, found => found.Uid() != lost);
        Assert.Equal(CanaryYaml.FirstImage, again.Text("spec", "template", "spec", "containers", "0", "image"));
        Assert.Equal(configs, ConfigOf(again));
        await place.PhaseAsync("Succeeded");
        Assert.Equal(Next, await place.ImageAsync("podinfo-primary"));
    }

    [Fact]
    public async Task H_12_a_primary_keeps_the_size_that_it_is_given_so_that_a_rollback_finds_it_large_enough()
    {
        var place = await home.GetAsync();
        await place.ApplyAsync(CanaryYaml.Deployment());
        await place.ApplyAsync(CanaryYaml.Autoscaler());
        await place.ApplyAsync(CanaryYaml.Canary(
            "stepWeight: 40, maxWeight: 80",
            "autoscalerRef: {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, name: podinfo, primaryScalerReplicas: {minReplicas: 3} }"));
        await place.PhaseAsync("Initialized");
        await place.StoppedAsync();
        var path = place.Path("apps/v1", "deployments", "podinfo-primary");
        await home.Cluster.BecomesAsync(path, found => found.Number("status", "availableReplicas") == 3);
        await place.ReleaseAsync(Next);
        await place.LiveAsync(40);

        // Idle as it is by now, it would be made smaller.
        await place.Api.PatchAsync(path, new JsonObject { ["spec"] = new JsonObject { ["replicas"] = 1 } });
        // What was available before the change says nothing: the controller must have seen the size that the autoscaler gave back.
        await home.Cluster.BecomesAsync(path, found => found.Number("spec", "replicas") == 3
            && found.Number("status", "observedGeneration") == found.Number("metadata", "generation")
            && found.Number("status", "replicas") == 3 && found.Number("status", "availableReplicas") == 3);
        await place.ReleaseAsync(CanaryYaml.FirstImage);
        await place.LiveAsync(0);

        var primary = await place.Api.GetAsync(path);
        Assert.Equal(3, primary.Number("spec", "replicas"));
        await home.Cluster.BecomesAsync(path, found => found.Number("status", "availableReplicas") == 3);
        Assert.Equal("Reverted", (await place.PhaseAsync("Failed")).Text("status", "history", "0", "reason"));
    }

    [Fact]
    public async Task H_07_a_DaemonSet_that_was_idle_for_days_does_not_fail_at_once()
    {
        var place = await home.InitialiseAsync(CanaryYaml.Canary("stepWeight: 50, maxWeight: 50", kind: "DaemonSet", interval: "1s"), CanaryYaml.DaemonSet);
        var path = place.Path("flagger.app/v1beta1", "canaries", "podinfo");

        // A leader remembers by itself what it wrote: the days pass while there is none.
        await home.Server.StopAsync();
        var idle = await place.Api.GetAsync(path);
        var since = TimeProvider.System.GetUtcNow().AddDays(-2).ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
        idle["status"]!["lastTransitionTime"] = since;
        await place.Api.PutAsync($"{path}/status", idle);
        await home.Server.RestartAsync();
        await place.LiveAsync(0);
        Assert.Equal(since, (await place.Api.GetAsync(path)).Text("status", "lastTransitionTime"));

        await place.ReleaseAsync(Next, "daemonset");

        var ended = await place.CanaryAsync(found => found.Text("status", "phase") is "Succeeded" or "Failed");
        Assert.Equal("Succeeded", ended.Text("status", "phase"));
        Assert.DoesNotContain(await place.EventsAsync(), text => text.Contains("deadline", StringComparison.Ordinal));
    }

    private static string? ConfigOf(JsonObject primary) =>
        primary.Text("spec", "template", "spec", "containers", "0", "env", "0", "valueFrom", "configMapKeyRef", "name");
}
