using System.Globalization;
using System.Net;
using XdsCanary.TestKit;

namespace XdsCanary.EndToEnd.Tests.Canary;

/// <summary>Runs of the canary <c>web</c> that end in a known way, whoever judges them.</summary>
internal static class Runs
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    /// <summary>Brings a canary with all types of webhooks and both built-in metrics to its first primary.</summary>
    public static Task InitialiseAsync(CanaryMesh mesh, string interval, string window, int threshold, bool guarded)
    {
        mesh.Hooks.Refused["/rollback"] = true;
        return mesh.InitialiseAsync(
            [
                $"interval: {interval}", $"threshold: {threshold}", "stepWeight: 5", "maxWeight: 50",
                $"abort: {{disabled: {(guarded ? "false" : "true")}}}",
            ],
            CanaryText.Hooks(
                mesh.Hooks, "event", "confirm-rollout", "pre-rollout", "rollout", "confirm-traffic-increase",
                "confirm-promotion", "post-rollout", "rollback"),
            CanaryText.BuiltInMetrics(window));
    }

    /// <summary>Releases a good revision and checks that it is promoted as Flagger promotes, and that clients see what is said.</summary>
    public static async Task PromotesAsync(CanaryMesh mesh)
    {
        var next = await mesh.UpstreamAsync("next");
        await using var load = await HeyLoad.StartAsync(mesh);

        mesh.Release(next);
        await mesh.PhaseAsync("Succeeded", Patience);
        await mesh.EventAsync("Promotion completed!");
        await load.StopWithoutFailureAsync();

        AssertSaid(SeedEvents.Promoted, mesh);
        AssertShares(mesh.Hooks.Events);
        Assert.Equal(10, mesh.Hooks.Calls.Count(call => call.Path == "/rollout"));
        var report = await TestKit.Traffic.TrafficClient.RunAsync(mesh.Load, 200);
        Assert.Equal(200, report.From("next"));
    }

    /// <summary>Releases a revision of which every second answer is an error.</summary>
    public static async Task FailsAsync(CanaryMesh mesh, int threshold)
    {
        var (good, bad) = (await mesh.UpstreamAsync("good"), await mesh.UpstreamAsync("bad"));
        bad.Status = HttpStatusCode.InternalServerError;
        await using var load = await HeyLoad.StartAsync(mesh);
        mesh.Release(good, bad);
        await RolledBackAsync(mesh, SeedEvents.RolledBack("Halt web.default advancement success rate 50.00% < 99%", threshold));

        Assert.True(bad.Requests > 0, "The bad upstream was never asked.");
        var (byStatus, errors, report) = await load.StopAsync();
        Assert.True(errors == 0 && byStatus.GetValueOrDefault(500) <= bad.Requests, report);
    }

    /// <summary>Releases a revision that is slow.</summary>
    public static async Task LagsAsync(CanaryMesh mesh, int threshold)
    {
        var slow = await mesh.UpstreamAsync("slow");
        slow.Delay = TimeSpan.FromMilliseconds(800);
        await using var load = await HeyLoad.StartAsync(mesh, workers: 40, rate: 10);
        mesh.Release(slow);
        await RolledBackAsync(mesh, SeedEvents.RolledBack("Halt web.default advancement request duration 5s > 500ms", threshold));
        await load.StopWithoutFailureAsync();
    }

    private static async Task RolledBackAsync(CanaryMesh mesh, IEnumerable<string> expected)
    {
        var status = await mesh.PhaseAsync("Failed", Patience);
        await mesh.FollowsAsync(0);
        await mesh.EventAsync("Post-rollout");
        AssertSaid(expected, mesh);
        Assert.Equal("ThresholdReached", CanaryMesh.Text(status, "reason"));
        var report = await TestKit.Traffic.TrafficClient.RunAsync(mesh.Load, 200);
        Assert.True(report.From("first") == 200, report.ToString());
    }

    private static void AssertSaid(IEnumerable<string> expected, CanaryMesh mesh) =>
        Assert.Equal(expected, mesh.Hooks.Events.Select(call => SeedEvents.Normalise(call.Line)));

    // Between two advances the canary gets the share that the first one tells; four standard deviations, and what is under way.
    private static void AssertShares(IReadOnlyList<HookCall> events)
    {
        const string Advance = "canary weight ";
        var advances = events.Where(call => call.Text.Contains(Advance, StringComparison.Ordinal)).ToList();
        foreach (var (call, next) in advances.Zip(advances.Skip(1)))
        {
            var share = int.Parse(call.Text[(call.Text.IndexOf(Advance, StringComparison.Ordinal) + Advance.Length)..], CultureInfo.InvariantCulture) / 100.0;
            var (canary, all) = (next.CanaryRequests - call.CanaryRequests, next.AllRequests - call.AllRequests);
            var tolerance = (4 * Math.Sqrt(all * share * (1 - share))) + 10;
            Figures.Record($"told {share:P0}: {canary} of {all} requests");
            Assert.True(all > 50 && Math.Abs(canary - (all * share)) <= tolerance, $"{call.Text}: {canary} of {all}");
        }
    }
}
