using System.Globalization;
using XdsCanary.TestKit;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>
/// Promotions of a good version while parts of the cluster fail at random instants: 20 with XDSCANARY_LONG=1, two short ones otherwise.
/// Every failure begins within its run, whose line says in which phase of the canary.
/// XDSCANARY_CHAOS_SEED is the seed of the first run, each further run's is one more; XDSCANARY_CHAOS_RUNS says how many there are.
/// </summary>
public sealed class ChaosTests
{
    private static bool IsLong => Environment.GetEnvironmentVariable("XDSCANARY_LONG") == "1";

    [Fact]
    public async Task Promotions_succeed_and_no_request_fails_whatever_parts_of_the_cluster_do()
    {
        var first = Setting("XDSCANARY_CHAOS_SEED") ?? new Random().Next(1_000_000);
        var runs = Setting("XDSCANARY_CHAOS_RUNS") ?? (IsLong ? 20 : 2);
        await using var chaos = await ChaosCluster.StartAsync();
        var faults = new List<string>();
        for (var seed = first; seed < first + runs; seed++)
        {
            var disturbances = Disturbance.Draw(seed, IsLong);
            var place = new CanaryPlace(chaos.Cluster, await chaos.Cluster.NewNamespaceAsync());
            var run = new ChaosRun(chaos, place);
            var (figures, fault) = await run.PlayAsync(disturbances);
            var text = $"seed {seed}: {figures}{(fault is null ? "" : $": {fault}")}";
            Figures.Record(text);
            if (fault is not null)
            {
                faults.Add(text);
                await run.KeepAsync($"seed-{seed}");
            }

            await run.EndAsync();
        }

        Assert.True(faults.Count == 0, string.Join(Environment.NewLine, faults));
    }

    private static int? Setting(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
