using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Cluster;

/// <summary>Deployments on the cluster's node.</summary>
public sealed class DeploymentTests(SharedCluster shared) : IClassFixture<SharedCluster>
{

    [Fact]
    public async Task Rolling_update_replaces_pods_without_a_failed_request()
    {
        var (cluster, place) = await shared.GetAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo().In(place));
        await cluster.DeploymentBecomesReadyAsync(place, "podinfo");
        await Eventually.BecomesAsync(async () => await Ask.MessageAsync($"http://podinfo.{place}/") == "one");
        var before = await cluster.PodsAsync(place, "app=podinfo");
        using var stop = new CancellationTokenSource();
        var seen = new ConcurrentQueue<string?>();
        var load = LoadAsync($"http://podinfo.{place}/", seen, stop.Token);
        await Eventually.BecomesAsync(() => seen.Count > 10);

        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo(image: "ghcr.io/stefanprodan/podinfo:6.9.3", message: "two").In(place));
        await cluster.DeploymentBecomesReadyAsync(place, "podinfo");
        await Eventually.GetAsync(() => cluster.PodsAsync(place, "app=podinfo"), pods => pods.Count == 2);

        await stop.CancelAsync();
        await load;
        Assert.True(seen.Count(message => message == "one") > 10, $"Only {seen.Count} requests.");
        Assert.Contains("two", seen);
        Assert.Equal("two", await Ask.MessageAsync($"http://podinfo.{place}/"));
        var after = await cluster.PodsAsync(place, "app=podinfo");
        Assert.Empty(after.Select(pod => pod.Uid()).Intersect(before.Select(pod => pod.Uid())));
        Figures.Record($"{seen.Count} requests during a rolling update, none failed");
    }

    [Fact]
    public async Task Image_that_cannot_be_pulled_never_gets_ready()
    {
        var (cluster, place) = await shared.GetAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo().In(place));
        await cluster.DeploymentBecomesReadyAsync(place, "podinfo");

        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo(image: "nowhere.example/missing:1").In(place));

        var deployment = await cluster.BecomesAsync(
            $"/apis/apps/v1/namespaces/{place}/deployments/podinfo",
            found => Progressing(found).Text("reason") == "ProgressDeadlineExceeded");
        Assert.Equal(2, deployment.Number("status", "availableReplicas"));
        var pods = await cluster.PodsAsync(place, "app=podinfo");
        var bad = Assert.Single(pods, pod => pod.Text("spec", "containers", "0", "image") == "nowhere.example/missing:1");
        Assert.Equal("ImagePullBackOff", bad.Text("status", "containerStatuses", "0", "state", "waiting", "reason"));
        Assert.Equal("Pending", bad.Text("status", "phase"));
        Assert.Equal("False", bad.Condition("Ready"));
    }

    [Fact]
    public async Task Failing_readiness_probe_keeps_an_endpoint_not_ready()
    {
        var (cluster, place) = await shared.GetAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo(replicas: 1, readiness: "/status/500").In(place));

        var endpoint = await Eventually.GetAsync(() => EndpointAsync(cluster, place), found => found is not null);

        Assert.Equal("false", endpoint.Text("conditions", "ready"));
        var pod = Assert.Single(await cluster.PodsAsync(place, "app=podinfo"));
        var running = await cluster.BecomesAsync(
            $"/api/v1/namespaces/{place}/pods/{pod.Name()}", found => found.Text("status", "phase") == "Running");
        var health = $"http://{running.Text("status", "podIP")}:9898/healthz";
        await Eventually.GetAsync(() => Ask.StatusAsync(health), status => status == HttpStatusCode.OK);
        await Assert.ThrowsAsync<HttpRequestException>(() => Ask.StatusAsync($"http://podinfo.{place}/"));
    }

    [Fact]
    public async Task Endpoint_follows_readiness()
    {
        var (cluster, place) = await shared.GetAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo(replicas: 1).In(place));
        await cluster.DeploymentBecomesReadyAsync(place, "podinfo");
        var pod = Assert.Single(await cluster.PodsAsync(place, "app=podinfo"));

        cluster.Node.Freeze(place, pod.Name(), isFrozen: true);
        await Eventually.GetAsync(() => EndpointAsync(cluster, place), found => found.Text("conditions", "ready") == "false");

        cluster.Node.Freeze(place, pod.Name(), isFrozen: false);
        await Eventually.GetAsync(() => EndpointAsync(cluster, place), found => found.Text("conditions", "ready") == "true");
    }

    private static JsonObject? Progressing(JsonObject deployment) =>
        deployment.Items("status", "conditions").FirstOrDefault(item => item.Text("type") == "Progressing");

    private static async Task<JsonObject?> EndpointAsync(TestCluster cluster, string place)
    {
        var slices = await cluster.Api.ListAsync(
            $"/apis/discovery.k8s.io/v1/namespaces/{place}/endpointslices", "kubernetes.io/service-name=podinfo");
        return slices.SelectMany(slice => slice.Items("endpoints")).FirstOrDefault();
    }

    private static async Task LoadAsync(string url, ConcurrentQueue<string?> seen, CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            seen.Enqueue(await Ask.MessageAsync(url));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
        }
    }
}
