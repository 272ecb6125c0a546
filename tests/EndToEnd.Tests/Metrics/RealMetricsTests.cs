using System.Net;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Metrics;
using XdsCanary.EndToEnd.Tests.Mesh;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Manifests;
using XdsCanary.TestKit.RealEnvoy;
using XdsCanary.TestKit.Server;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Metrics;

/// <summary>The built-in checks over the traffic of a real Envoy, out of its own statistics and out of a real Prometheus.</summary>
[Collection(RealPrograms.Name)]
public sealed class RealMetricsTests
{
    private const string Canary = "web-canary";
    private const string Primary = "web-primary";

    [Fact]
    public async Task H_26_Envoys_own_statistics_tell_total_failure_from_no_traffic()
    {
        Tool.Find("envoy");
        await using var canary = await UpstreamServer.StartAsync(Canary);
        using var manifests = Manifests(canary);
        await using var server = await ServerProcess.StartAsync(new ServerOptions { Manifests = manifests.FullPath });
        await using var envoy = await EnvoyInstance.StartReadyAsync(new EnvoyOptions { XdsPort = server.Ports.Xds });
        await RoutesAsync(server);
        await using var metrics = await MeshMetrics.StartAsync(new MetricsOptions(), AdminOf(envoy));
        metrics.Provider.Watch(MeshMetrics.Spec);

        var idle = await Eventually.GetAsync(
            () => metrics.AskAsync(MeshMetrics.SuccessRate),
            answer => answer.Error.Contains("0 requests", StringComparison.Ordinal));
        Assert.Equal(InconclusiveKind.NoTraffic, idle.Missing);

        canary.Status = HttpStatusCode.InternalServerError;
        await TrafficClient.RunAsync(Load(server), 50);
        var failed = await metrics.AskAsync(MeshMetrics.SuccessRate, forAbort: true);

        Assert.Equal((0.0, 50.0), (failed.Value, failed.Samples));
        Assert.Contains("500: 50", failed.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Prometheus_and_Envoys_own_statistics_agree()
    {
        Tool.Find("envoy");
        Tool.Find("prometheus");
        await using var canary = await UpstreamServer.StartAsync(Canary);
        using var manifests = Manifests(canary);
        await using var server = await ServerProcess.StartAsync(new ServerOptions { Manifests = manifests.FullPath });
        await using var envoy = await EnvoyInstance.StartReadyAsync(new EnvoyOptions { XdsPort = server.Ports.Xds });
        await RoutesAsync(server);
        await using var prometheus = await PrometheusInstance.StartAsync(envoy.AdminPort);
        await using var asked = await MeshMetrics.StartAsync(
            new MetricsOptions { Provider = MetricProviderType.Prometheus, Server = prometheus.Address });
        await using var own = await MeshMetrics.StartAsync(new MetricsOptions(), AdminOf(envoy));
        Assert.Empty((await asked.Provider.ProbeAsync(MeshMetrics.Spec, TestContext.Current.CancellationToken)).Error);

        // One of each before anybody looks: a counter that Prometheus has not seen before has no growth yet.
        await ServeAsync(server, canary, 1);
        var first = await Eventually.GetAsync(
            () => asked.AskAsync(MeshMetrics.SuccessRate),
            answer => answer.Missing == InconclusiveKind.NoTraffic
                && answer.Raw.Contains("\"result\":[]", StringComparison.Ordinal));
        Assert.Equal("running query failed: no values found", first.Error);
        await Eventually.GetAsync(() => own.AskAsync(MeshMetrics.Duration), answer => answer.Missing == InconclusiveKind.NoTraffic);
        await Eventually.GetAsync(() => asked.AskAsync(SeriesOf(server)), answer => answer.Value == 2);

        canary.Delay = TimeSpan.FromMilliseconds(30);
        await ServeAsync(server, canary, 100);
        var (rate, ownRate) = await AgreeAsync(asked, own, MeshMetrics.SuccessRate, forAbort: true, tolerance: 5);
        Assert.InRange(rate.Value!.Value, 45, 55);
        Assert.InRange(ownRate.Samples!.Value, 200, 204);
        Assert.InRange(rate.Samples!.Value, 100, 400);

        var (_, ownDuration) = await AgreeAsync(asked, own, MeshMetrics.Duration, forAbort: false, tolerance: 60);
        Assert.InRange(ownDuration.Value!.Value, 25, 1000);
    }

    private static async Task<(MetricAnswer Asked, MetricAnswer Own)> AgreeAsync(
        MeshMetrics asked, MeshMetrics own, MetricCheck check, bool forAbort, double tolerance)
    {
        var pair = await Eventually.GetAsync(
            async () => (Asked: await asked.AskAsync(check, forAbort), Own: await own.AskAsync(check, forAbort)),
            pair => Math.Abs((pair.Asked.Value - pair.Own.Value) ?? double.MaxValue) <= tolerance
                && (!forAbort || pair.Own.Samples >= 200));
        return pair;
    }

    private static MetricCheck SeriesOf(ServerProcess server) => new()
    {
        Name = $"series of {server.Ports.Listener}",
        Source = MetricSource.Query,
        Query = "count(envoy_cluster_upstream_rq{envoy_cluster_name=\"{{ canary }}\"})",
        Range = new MetricRange(0, null),
    };

    private static ManifestFolder Manifests(UpstreamServer canary)
    {
        var manifests = new ManifestFolder();
        manifests.WriteRoot("web");
        manifests.WriteBackend(Primary, canary);
        manifests.WriteBackend(Canary, canary);
        manifests.WriteSplit("web", (Primary, 0), (Canary, 100));
        return manifests;
    }

    private static Task<Convergence> RoutesAsync(ServerProcess server) => Eventually.GetAsync(
        () => server.Admin.ConvergenceAsync("default/web"), state => state.IsLiveAt((Primary, 0), (Canary, 100)));

    // Half of them well, half of them badly.
    private static async Task ServeAsync(ServerProcess server, UpstreamServer canary, int each)
    {
        canary.Status = HttpStatusCode.OK;
        await TrafficClient.RunAsync(Load(server), each);
        canary.Status = HttpStatusCode.InternalServerError;
        await TrafficClient.RunAsync(Load(server), each);
    }

    private static TrafficOptions Load(ServerProcess server) => new() { Port = server.Ports.Listener, Host = "web.default" };

    private static Uri AdminOf(EnvoyInstance envoy) => new($"http://127.0.0.1:{envoy.AdminPort}");
}
