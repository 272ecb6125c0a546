using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.RealEnvoy;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>Two replicas with ten Envoys between them: all are counted, and the death of the leader ends no run.</summary>
public sealed class FleetTests
{
    private const int Envoys = 10;

    [Fact]
    public async Task Convergence_counts_all_Envoys_and_another_replica_goes_on_when_the_leader_dies()
    {
        Tool.Find("envoy");
        await using var cluster = await TestCluster.StartAsync();
        await using var pair = await ReplicaPair.StartAsync(cluster);
        var envoys = new List<EnvoyInstance>();
        try
        {
            for (var number = 0; number < Envoys; number++)
            {
                envoys.Add(await pair.EnvoyAsync(number));
            }

            await PlayAsync(cluster, pair, envoys);
        }
        finally
        {
            foreach (var envoy in envoys)
            {
                await envoy.DisposeAsync();
            }
        }
    }

    private static async Task PlayAsync(TestCluster cluster, ReplicaPair pair, List<EnvoyInstance> envoys)
    {
        await cluster.Api.ApplyYamlAsync(CanaryYaml.Deployment());
        await cluster.Api.ApplyYamlAsync(CanaryYaml.Canary("stepWeight: 10, maxWeight: 50"));
        const string Canary = "/apis/flagger.app/v1beta1/namespaces/test/canaries/podinfo";
        await cluster.BecomesAsync(Canary, found => found.Text("status", "phase") == "Initialized", TimeSpan.FromSeconds(90));
        foreach (var envoy in envoys)
        {
            await envoy.BecomesReadyAsync();
        }

        var shares = await Task.WhenAll(pair.Replicas.Select(async replica => (await replica.Admin.StreamsAsync()).Count));
        Figures.Record($"Envoys by replica: {string.Join(" and ", shares)}");
        Assert.All(shares, share => Assert.InRange(share, 1, Envoys - 1));
        await cluster.Api.PatchAsync(
            "/apis/apps/v1/namespaces/test/deployments/podinfo",
            KubeJson.ReadYaml("spec: {template: {metadata: {labels: {version: next} } } }")[0]);
        await cluster.BecomesAsync(Canary, found => found.Number("status", "canaryWeight") >= 10 && found.Number("status", "proxies") == Envoys, TimeSpan.FromSeconds(60));

        var holder = (await pair.HolderAsync())!;
        var leader = await pair.LeaderAsync();
        await pair.Replicas[leader].Kill9Async();
        var killed = TimeProvider.System.GetTimestamp();
        await pair.WithdrawAsync(leader);
        await Eventually.BecomesAsync(async () => await pair.HolderAsync() != holder, TimeSpan.FromSeconds(30));
        var taken = TimeProvider.System.GetElapsedTime(killed);
        Figures.Record($"another replica leads {taken.TotalSeconds:0.0} s after the leader was killed");
        // The lease, and what a busy machine adds to it.
        Assert.InRange(taken.TotalSeconds, 0, 20);

        var ended = await cluster.BecomesAsync(Canary, found => found.Text("status", "phase") is "Succeeded" or "Failed", TimeSpan.FromSeconds(120));
        Assert.Equal("Succeeded", ended.Text("status", "phase"));
        Assert.Equal(Envoys, ended.Number("status", "proxies"));
    }
}
