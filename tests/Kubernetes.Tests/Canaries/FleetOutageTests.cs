using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.RealEnvoy;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>Two replicas with an Envoy each, and no API server.</summary>
public sealed class FleetOutageTests
{
    [Fact]
    public async Task Without_an_API_server_a_bad_revision_leaves_the_Envoys_of_every_replica()
    {
        Tool.Find("envoy");
        await using var cluster = await TestCluster.StartAsync();
        await using var pair = await ReplicaPair.StartAsync(cluster);
        await using var first = await EnvoyAsync(pair, 0);
        await using var second = await EnvoyAsync(pair, 1);
        var place = new CanaryPlace(cluster, "test");
        await place.ApplyAsync(CanaryYaml.Deployment(deadline: CanaryYaml.OutageDeadline));
        await place.ApplyAsync(CanaryYaml.Canary($"stepWeight: 20, maxWeight: 60, {CanaryYaml.Metrics}", deadline: CanaryYaml.OutageDeadline));
        await place.PhaseAsync("Initialized");
        await place.StoppedAsync();
        await LiveAsync(pair, 0);
        await place.ReleaseAsync("podinfo:6.0.1");
        await LiveAsync(pair, 20);
        await cluster.ControlPlane.ApiServer.KillAsync();

        await using (TrafficClient.Start(new TrafficOptions { Port = pair.ListenerPort, Host = "podinfo.test", Path = "/status/500", RequestsPerSecond = 50 }))
        {
            var started = TimeProvider.System.GetTimestamp();
            await LiveAsync(pair, 0);
            Figures.Record(
                $"out of the traffic of both replicas {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s after the first bad request, without an API server");
        }

        await cluster.ControlPlane.ApiServer.StartAsync();
        await cluster.ControlPlane.ApiServerBecomesReadyAsync();
        await place.PhaseAsync("Failed", TimeSpan.FromSeconds(120));
        await Eventually.BecomesAsync(async () => (await place.WeightsAsync())["podinfo-canary"] == 0);
        await LiveAsync(pair, 0);
    }

    private static Task<EnvoyInstance> EnvoyAsync(ReplicaPair pair, int replica) => EnvoyInstance.StartAsync(new EnvoyOptions
    {
        XdsPort = pair.Replicas[replica].Ports.Xds,
        NodeId = $"envoy-{replica}",
        Namespace = "test",
        AdminAddress = "0.0.0.0",
    });

    private static async Task LiveAsync(ReplicaPair pair, int weight)
    {
        foreach (var replica in pair.Replicas)
        {
            await Eventually.GetAsync(
                () => replica.Admin.ConvergenceAsync("test/podinfo"),
                state => state.Proxies == 1 && state.IsLiveAt(("podinfo-primary", 100 - weight), ("podinfo-canary", weight)),
                TimeSpan.FromSeconds(60));
        }
    }
}
