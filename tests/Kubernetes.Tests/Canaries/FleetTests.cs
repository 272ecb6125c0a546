using System.Globalization;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.RealEnvoy;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>Two replicas with ten Envoys between them: all are counted, and the death of the leader ends no run.</summary>
public sealed class FleetTests
{
    private const int Envoys = 10;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(2);

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
        var killed = TimeProvider.System.GetUtcNow();
        await pair.WithdrawAsync(leader);
        await AssertTakenOverAsync(pair, holder, killed);

        var ended = await cluster.BecomesAsync(Canary, found => found.Text("status", "phase") is "Succeeded" or "Failed", TimeSpan.FromSeconds(120));
        Assert.Equal("Succeeded", ended.Text("status", "phase"));
        Assert.Equal(Envoys, ended.Number("status", "proxies"));
    }

    // A lease runs from its last renewal, not from the death of its holder. The other replica counts from when it saw that renewal,
    // which it looks for once a second, half a retry period, and looks again just when the lease runs out; the other half is for
    // what the API server and the wait here add, and another retry period is for a busy machine.
    private static async Task AssertTakenOverAsync(ReplicaPair pair, string holder, DateTimeOffset killed)
    {
        var renewed = DateTimeOffset.MinValue;
        await Eventually.BecomesAsync(
            async () =>
            {
                var lease = await pair.LeaseAsync();
                var isHeld = lease.Text("spec", "holderIdentity") == holder;
                // Read each time: the last renewal may have been on its way when its writer was killed.
                renewed = isHeld ? DateTimeOffset.Parse(lease.Text("spec", "renewTime")!, CultureInfo.InvariantCulture) : renewed;
                return !isHeld;
            },
            Lease + Lease);
        var leads = TimeProvider.System.GetUtcNow();
        Figures.Record($"another replica leads {(leads - renewed).TotalSeconds:0.0} s after the last renewal, "
            + $"{(leads - killed).TotalSeconds:0.0} s after the leader was killed");
        Assert.InRange(leads - renewed, TimeSpan.Zero, Lease + RetryPeriod + RetryPeriod);
    }
}
