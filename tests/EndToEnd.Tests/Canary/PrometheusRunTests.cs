using System.Text.Json;
using XdsCanary.EndToEnd.Tests.Mesh;
using XdsCanary.EndToEnd.Tests.Metrics;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Canary;

/// <summary>The same runs, judged by a real Prometheus that reads the Envoy every second.</summary>
[Collection(RealPrograms.Name)]
public sealed class PrometheusRunTests
{
    private const int Threshold = 3;

    private PrometheusInstance? _prometheus;

    [Fact]
    public async Task CTL_10_A_good_revision_is_promoted_step_by_step_and_no_request_fails()
    {
        await using var mesh = await StartAsync();
        await Runs.InitialiseAsync(mesh, interval: "5s", window: "6s", threshold: 5, guarded: false);
        await AnswerOnceAsync(mesh);
        await Runs.PromotesAsync(mesh);
    }

    [Fact]
    public async Task CTL_03_A_revision_that_fails_half_of_its_requests_is_rolled_back()
    {
        await using var mesh = await StartAsync();
        await Runs.InitialiseAsync(mesh, interval: "8s", window: "10s", Threshold, guarded: false);
        await AnswerOnceAsync(mesh);
        await Runs.FailsAsync(mesh, Threshold);
    }

    [Fact]
    public async Task CTL_03_A_slow_revision_is_rolled_back()
    {
        await using var mesh = await StartAsync();
        await Runs.InitialiseAsync(mesh, interval: "8s", window: "10s", Threshold, guarded: false);
        await AnswerOnceAsync(mesh);
        await Runs.LagsAsync(mesh, Threshold);
    }

    [Fact]
    public async Task H_15_A_Prometheus_that_is_down_for_half_of_a_run_neither_advances_it_nor_ends_it()
    {
        await using var mesh = await StartAsync();
        await mesh.InitialiseAsync(
            [
                "interval: 2s", "threshold: 1", "stepWeight: 10", "maxWeight: 40", "abort: {disabled: true}",
                "inconclusive: {noTraffic: 20, providerOutage: 20}",
            ],
            CanaryText.Hooks(mesh.Hooks, "event"),
            CanaryText.BuiltInMetrics("4s"));
        await using var traffic = TrafficClient.Start(mesh.Load with { RequestsPerSecond = 200 });
        mesh.Release(await mesh.UpstreamAsync("next"));
        await mesh.EventAsync("canary weight 20");

        await _prometheus!.StopAsync();
        var before = await mesh.StatusAsync(status => IsOut(status, 1));
        var after = await mesh.StatusAsync(status => IsOut(status, 4));
        Assert.Equal(CanaryMesh.Text(before, "canaryWeight"), CanaryMesh.Text(after, "canaryWeight"));
        Assert.Equal("Progressing", CanaryMesh.Text(after, "phase"));

        await _prometheus.RestartAsync();
        var end = await mesh.PhaseAsync("Succeeded", TimeSpan.FromMinutes(1));
        Assert.Equal("0", CanaryMesh.Text(end, "failedChecks"));
        Assert.DoesNotContain(mesh.Hooks.Events, call => call.Text.Contains("Rolling back", StringComparison.Ordinal));
        var report = await traffic.StopAsync();
        Assert.True(report.Failed == 0, report.ToString());
        Figures.Record($"Prometheus down for 4 checks: {report}");
    }

    private static bool IsOut(JsonElement status, int checks) =>
        CanaryMesh.Text(status, "reason") == "ProviderOutage"
        && status.GetProperty("run").TryGetProperty("inconclusiveChecks", out var count) && count.GetInt32() >= checks;

    // A counter that Prometheus has not seen before has no growth yet: the canary's cluster is made to count before its run.
    private static async Task AnswerOnceAsync(CanaryMesh mesh)
    {
        var report = await TrafficClient.RunAsync(mesh.Load with { Host = "web-canary.default" }, 10);
        Assert.True(report.Failed == 0, report.ToString());
    }

    private Task<CanaryMesh> StartAsync() => CanaryMesh.StartAsync(async (mesh, adminPort) =>
    {
        _prometheus = mesh.Keep(await PrometheusInstance.StartAsync(adminPort));
        return ["--metrics", "prometheus", "--metrics-server", _prometheus.Address.ToString()];
    });
}
