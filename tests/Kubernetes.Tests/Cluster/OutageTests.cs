using System.Net;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Cluster;

/// <summary>The cluster while parts of it are away.</summary>
public sealed class OutageTests
{
    private const string Deployment = "/apis/apps/v1/namespaces/test/deployments/podinfo";

    [Fact]
    public async Task Kill_of_the_api_server_is_survived()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo(replicas: 1));
        await cluster.DeploymentBecomesReadyAsync("test", "podinfo");

        await cluster.ControlPlane.ApiServer.KillAsync();
        await Assert.ThrowsAsync<HttpRequestException>(() => cluster.Api.GetAsync(Deployment));
        Assert.Equal(HttpStatusCode.OK, await Eventually.GetAsync(() => Ask.StatusAsync("http://podinfo.test/"), _ => true));
        await cluster.ControlPlane.ApiServer.StartAsync();
        await cluster.ControlPlane.ApiServerBecomesReadyAsync();

        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo(replicas: 2, message: "two"));
        await cluster.DeploymentBecomesReadyAsync("test", "podinfo", TimeSpan.FromSeconds(60));
        await Eventually.GetAsync(() => Ask.MessageAsync("http://podinfo.test/"), message => message == "two");
    }

    [Fact]
    public async Task Pause_of_the_store_is_survived()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo(replicas: 1));
        await cluster.DeploymentBecomesReadyAsync("test", "podinfo");

        cluster.ControlPlane.Etcd.Freeze();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(3), TimeProvider.System);
        var write = cluster.Api.ApplyAsync(KubeJson.ReadYaml(Yaml.Podinfo(replicas: 2, message: "two"))[0], patience.Token);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => write);
        cluster.ControlPlane.Etcd.Thaw();

        await Eventually.BecomesAsync(async () => (await cluster.Api.ApplyYamlAsync(Yaml.Podinfo(replicas: 2, message: "two"))).Count == 2);
        await cluster.DeploymentBecomesReadyAsync("test", "podinfo", TimeSpan.FromSeconds(60));
        await Eventually.GetAsync(() => Ask.MessageAsync("http://podinfo.test/"), message => message == "two");
    }

    [Fact]
    public async Task Kill_of_every_part_of_the_control_plane_is_survived()
    {
        await using var cluster = await TestCluster.StartAsync();
        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo(replicas: 1));
        await cluster.DeploymentBecomesReadyAsync("test", "podinfo");
        ClusterProgram[] programs = [cluster.ControlPlane.Etcd, cluster.ControlPlane.ApiServer, cluster.ControlPlane.ControllerManager];

        foreach (var program in programs)
        {
            await program.KillAsync();
        }

        foreach (var program in programs)
        {
            await program.StartAsync();
            if (program == cluster.ControlPlane.ApiServer)
            {
                await cluster.ControlPlane.ApiServerBecomesReadyAsync();
            }
        }

        await cluster.Api.ApplyYamlAsync(Yaml.Podinfo(replicas: 2));
        await cluster.DeploymentBecomesReadyAsync("test", "podinfo", TimeSpan.FromSeconds(60));
    }
}
