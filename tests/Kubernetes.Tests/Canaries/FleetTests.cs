using System.Globalization;
using System.Text.Json.Nodes;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.RealEnvoy;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>
/// Two replicas with ten Envoys between them: all are counted, and the death of the leader neither ends a run nor sets it back.
/// </summary>
public sealed class FleetTests
{
    private const int Envoys = 10;

    private static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan RetryPeriod = TimeSpan.FromSeconds(2);

    // Between two steps of the canary.
    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(2);

    // A lease runs from its last renewal, not from the death of its holder. The other replica counts from when it saw that renewal,
    // which it looks for once a second, half a retry period, and looks again just when the lease runs out; the other half is for
    // what the API server and the wait here add, and another retry period is for a busy machine.
    private static readonly TimeSpan TakingOver = RetryPeriod + RetryPeriod;

    // The new leader reads what is there, and may find Envoys that still connect to it.
    private static readonly TimeSpan GoingOn = RetryPeriod;

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
                // Every other one is a gateway of another namespace, for which the canary's Services have fewer names.
                envoys.Add(await (int.IsEvenInteger(number) ? pair.EnvoyAsync(number, "test") : pair.EnvoyAsync(number, "gateways", "*")));
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
        var place = new CanaryPlace(cluster, "test");
        await place.ApplyAsync(CanaryYaml.Deployment());
        await place.ApplyAsync(CanaryYaml.Canary("stepWeight: 10, maxWeight: 50"));
        await place.PhaseAsync("Initialized");
        foreach (var envoy in envoys)
        {
            await envoy.BecomesReadyAsync();
        }

        var shares = await Task.WhenAll(pair.Replicas.Select(async replica => (await replica.Admin.StreamsAsync()).Count));
        Figures.Record($"Envoys by replica: {string.Join(" and ", shares)}");
        Assert.All(shares, share => Assert.InRange(share, 1, Envoys - 1));
        await using var weights = await WatchAsync(place);
        await cluster.Api.PatchAsync(
            place.Path("apps/v1", "deployments", "podinfo"),
            KubeJson.ReadYaml("spec: {template: {metadata: {labels: {version: next} } } }")[0]);
        await place.CanaryAsync(
            found => found.Number("status", "canaryWeight") >= 10 && found.Number("status", "proxies") == Envoys, TimeSpan.FromSeconds(60));

        var holder = (await pair.HolderAsync())!;
        var leader = await pair.LeaderAsync();
        await pair.Replicas[leader].Kill9Async();
        var killed = TimeProvider.System.GetUtcNow();
        await pair.WithdrawAsync(leader);
        // Read, not watched: what the leader asked for just before its death is in it.
        var weight = (await place.WeightsAsync())["podinfo-canary"];
        Assert.InRange(weight, 10, 40);
        var renewed = await AssertTakenOverAsync(pair, holder, killed);

        var ended = await place.CanaryAsync(found => found.Text("status", "phase") is "Succeeded" or "Failed", TimeSpan.FromSeconds(120));
        await AssertOneRunAsync(place, ended, killed);
        // The watch may tell the end a little later than the canary did.
        await Eventually.BecomesAsync(() => weights.All[^1].Value == 0);
        AssertWentOn(weights.All, weight, renewed);
    }

    private static Task<ObjectWatch<int>> WatchAsync(CanaryPlace place) => ObjectWatch<int>.StartAsync(
        place.Api,
        $"/apis/split.smi-spec.io/v1alpha4/namespaces/{place.Name}/trafficsplits",
        "podinfo",
        split => split.Items("spec", "backends").First(backend => backend.Text("service") == "podinfo-canary").Number("weight") ?? -1);

    // Returns when the lease was last renewed by its old holder.
    private static async Task<DateTimeOffset> AssertTakenOverAsync(ReplicaPair pair, string holder, DateTimeOffset killed)
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
        Assert.InRange(leads - renewed, TimeSpan.Zero, Lease + TakingOver);
        return renewed;
    }

    // The run that the dead leader began is the one that ended, as if nobody had died.
    private static async Task AssertOneRunAsync(CanaryPlace place, JsonObject ended, DateTimeOffset killed)
    {
        Assert.Equal("Succeeded", ended.Text("status", "phase"));
        Assert.Equal(Envoys, ended.Number("status", "proxies"));
        Assert.Equal(0, ended.Number("status", "failedChecks"));
        var run = Assert.Single(ended.Items("status", "history"));
        Assert.Equal(0, run.Number("failedChecks"));
        Assert.True(DateTimeOffset.Parse(run.Text("startedAt")!, CultureInfo.InvariantCulture) < killed, run.ToJsonString());
        var events = await place.EventsAsync();
        Assert.Single(events, text => text.StartsWith("New revision detected!", StringComparison.Ordinal));
        Assert.Single(events, text => text.StartsWith("Starting canary analysis", StringComparison.Ordinal));
    }

    // Each step once and none back, over the leader's death: never less than at the kill until the primary has taken over.
    private static void AssertWentOn(IReadOnlyList<Seen<int>> weights, int atKill, DateTimeOffset renewed)
    {
        var next = weights.First(seen => seen.Value > atKill);
        Figures.Record($"weights {string.Join(' ', weights.Select(seen => seen.Value))}: {atKill} at the kill, "
            + $"{next.Value} {(next.At - renewed).TotalSeconds:0.0} s after the last renewal");
        Assert.Equal([0, 10, 20, 30, 40, 50, 0], weights.Select(seen => seen.Value));
        // Not sooner either: as long as the lease runs, its holder might live.
        Assert.InRange(next.At - renewed, Lease, Lease + TakingOver + Interval + GoingOn);
    }
}
