using System.Text.Json.Nodes;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Cluster;

/// <summary>Deployments on the cluster's node.</summary>
public sealed class DeploymentTests
{
    private const string Deployment = "/apis/apps/v1/namespaces/test/deployments/podinfo";
    private const string Slices = "/apis/discovery.k8s.io/v1/namespaces/test/endpointslices";

    [Fact]
    public async Task Deployment_becomes_ready_and_answers_by_name_and_by_address()
    {
        var time = TimeProvider.System;
        var started = time.GetTimestamp();
        await using var cluster = await TestCluster.StartAsync();
        var ready = time.GetElapsedTime(started);
        started = time.GetTimestamp();

        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo());
        await cluster.DeploymentBecomesReadyAsync("test", "podinfo");

        Figures.Record($"cluster ready after {ready.TotalSeconds:0.00} s, two replicas after {time.GetElapsedTime(started).TotalSeconds:0.00} s more");
        Figures.Record(string.Join(", ", Programs(cluster).Select(program => $"{program.Name} {program.ResidentBytes >> 20} MiB")));
        var pods = await cluster.PodsAsync("test", "app=podinfo");
        Assert.Equal(2, pods.Select(pod => pod.Text("status", "podIP")).Distinct().Count());
        foreach (var pod in pods)
        {
            Assert.Equal(pod.Name(), (await Ask.InfoAsync($"http://{pod.Text("status", "podIP")}:9898/")).Text("hostname"));
            Assert.Equal("one", await Ask.MessageAsync($"http://{pod.Text("status", "podIP")}:9898/"));
        }

        string[] names = ["podinfo", "podinfo.test", "podinfo.test.svc", "podinfo.test.svc.cluster.local"];
        foreach (var name in names)
        {
            await Eventually.GetAsync(() => Ask.MessageAsync($"http://{name}/"), message => message == "one");
        }
    }

    [Fact]
    public async Task Rolling_update_replaces_pods_without_a_failed_request()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo());
        await cluster.DeploymentBecomesReadyAsync("test", "podinfo");
        await Eventually.BecomesAsync(async () => await Ask.MessageAsync("http://podinfo.test/") == "one");
        var before = await cluster.PodsAsync("test", "app=podinfo");
        using var stop = new CancellationTokenSource();
        var load = LoadAsync(stop.Token);

        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo(image: "ghcr.io/stefanprodan/podinfo:6.9.3", message: "two"));
        await cluster.DeploymentBecomesReadyAsync("test", "podinfo");
        await Eventually.GetAsync(() => cluster.PodsAsync("test", "app=podinfo"), pods => pods.Count == 2);

        await stop.CancelAsync();
        var seen = await load;
        Assert.True(seen.Count(message => message == "one") > 10, $"Only {seen.Count} requests.");
        Assert.Contains("two", seen);
        Assert.Equal("two", await Ask.MessageAsync("http://podinfo.test/"));
        var after = await cluster.PodsAsync("test", "app=podinfo");
        Assert.Empty(after.Select(pod => pod.Uid()).Intersect(before.Select(pod => pod.Uid())));
        Figures.Record($"{seen.Count} requests during a rolling update, none failed");
    }

    [Fact]
    public async Task Image_that_cannot_be_pulled_never_gets_ready()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo());
        await cluster.DeploymentBecomesReadyAsync("test", "podinfo");

        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo(image: "nowhere.example/missing:1"));

        var deployment = await cluster.BecomesAsync(Deployment, found => Progressing(found).Text("reason") == "ProgressDeadlineExceeded");
        Assert.Equal(2, deployment.Number("status", "availableReplicas"));
        var pods = await cluster.PodsAsync("test", "app=podinfo");
        var bad = Assert.Single(pods, pod => pod.Text("spec", "containers", "0", "image") == "nowhere.example/missing:1");
        Assert.Equal("ImagePullBackOff", bad.Text("status", "containerStatuses", "0", "state", "waiting", "reason"));
        Assert.Equal("Pending", bad.Text("status", "phase"));
        Assert.Equal("False", bad.Condition("Ready"));
    }

    [Fact]
    public async Task Failing_readiness_probe_keeps_an_endpoint_not_ready()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo(replicas: 1, readiness: "/status/500"));

        var endpoint = await Eventually.GetAsync(() => EndpointAsync(cluster), found => found is not null);

        Assert.Equal("false", endpoint.Text("conditions", "ready"));
        var pod = Assert.Single(await cluster.PodsAsync("test", "app=podinfo"));
        Assert.Equal("Running", pod.Text("status", "phase"));
        Assert.Equal("ok", (await Ask.InfoAsync($"http://{pod.Text("status", "podIP")}:9898/healthz")).Text("status")?.ToLowerInvariant());
        await Assert.ThrowsAsync<HttpRequestException>(() => Ask.StatusAsync("http://podinfo.test/"));
    }

    [Fact]
    public async Task Endpoint_follows_readiness()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo(replicas: 1));
        await cluster.DeploymentBecomesReadyAsync("test", "podinfo");
        var pod = Assert.Single(await cluster.PodsAsync("test", "app=podinfo"));

        cluster.Node.Freeze("test", pod.Name(), isFrozen: true);
        await Eventually.GetAsync(() => EndpointAsync(cluster), found => found.Text("conditions", "ready") == "false");

        cluster.Node.Freeze("test", pod.Name(), isFrozen: false);
        await Eventually.GetAsync(() => EndpointAsync(cluster), found => found.Text("conditions", "ready") == "true");
    }

    private static IEnumerable<ClusterProgram> Programs(TestCluster cluster) =>
        [cluster.ControlPlane.Etcd, cluster.ControlPlane.ApiServer, cluster.ControlPlane.ControllerManager];

    private static JsonObject? Progressing(JsonObject deployment) =>
        deployment.Items("status", "conditions").FirstOrDefault(item => item.Text("type") == "Progressing");

    private static async Task<JsonObject?> EndpointAsync(TestCluster cluster) =>
        (await cluster.Api.ListAsync(Slices, "kubernetes.io/service-name=podinfo")).SelectMany(slice => slice.Items("endpoints")).FirstOrDefault();

    private static async Task<List<string?>> LoadAsync(CancellationToken stop)
    {
        var seen = new List<string?>();
        while (!stop.IsCancellationRequested)
        {
            seen.Add(await Ask.MessageAsync("http://podinfo.test/"));
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, CancellationToken.None);
        }

        return seen;
    }
}
