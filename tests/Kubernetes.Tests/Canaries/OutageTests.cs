using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.RealEnvoy;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>The API server goes away in the middle of a run.</summary>
public sealed class OutageTests(CanaryCluster home) : IClassFixture<CanaryCluster>
{
    private const string Next = "podinfo:6.0.1";

    [Fact]
    public async Task Without_an_API_server_Envoys_keep_their_routes_new_ones_are_served_and_a_run_holds()
    {
        var place = await home.InitialiseAsync(
            CanaryYaml.Canary($"stepWeight: 20, maxWeight: 60, {CanaryYaml.Metrics}", deadline: CanaryYaml.OutageDeadline),
            CanaryYaml.Deployment(deadline: CanaryYaml.OutageDeadline, drain: CanaryYaml.OutageDrain));
        await using var load = TrafficClient.Start(home.Load($"podinfo.{place.Name}") with { RequestsPerSecond = 50, Connections = 2 });
        await place.ReleaseAsync(Next);
        await place.LiveAsync(20);

        await home.Cluster.ControlPlane.ApiServer.KillAsync();

        await using (var late = await EnvoyInstance.StartReadyAsync(new EnvoyOptions
        {
            XdsPort = home.Server.Ports.Xds,
            NodeId = "late",
            VisibleNamespaces = ["*"],
        }))
        {
            await Eventually.BecomesAsync(async () => (await home.Server.Admin.ConvergenceAsync($"{place.Name}/podinfo")).Proxies == 2);
        }

        // Several intervals: nothing may advance that nobody could see.
        await load.AdvancesAsync(500);
        var held = await home.Server.Admin.ConvergenceAsync($"{place.Name}/podinfo");
        var weight = held.Wanted["podinfo-canary"];
        Assert.InRange(weight, 20, 40);
        await load.AdvancesAsync(200);
        Assert.Equal(weight, (await home.Server.Admin.ConvergenceAsync($"{place.Name}/podinfo")).Wanted["podinfo-canary"]);
        await home.Cluster.ControlPlane.ApiServer.StartAsync();
        await home.Cluster.ControlPlane.ApiServerBecomesReadyAsync();

        // One that had to be elected would have ended when it could not renew its lease for ten seconds. Going on with old watches, it
        // may replace the primary's pods long before it takes the old ones out of the Service: they would get requests with any proxy.
        await home.Cluster.ControlPlane.ControllerManager.StartAsync();

        await place.PhaseAsync("Succeeded", TimeSpan.FromSeconds(150));
        var report = await load.StopAsync();
        Figures.Record($"promotion with the API server away for a while: {report}");
        Assert.Equal(0, report.Failed);
        Assert.Equal(Next, await place.ImageAsync("podinfo-primary"));
    }

    [Fact]
    public async Task Without_an_API_server_a_bad_revision_leaves_the_traffic_first_and_is_recorded_later()
    {
        var place = await home.InitialiseAsync(
            CanaryYaml.Canary($"stepWeight: 20, maxWeight: 60, {CanaryYaml.Metrics}", deadline: CanaryYaml.OutageDeadline));
        await place.ReleaseAsync(Next);
        await place.LiveAsync(20);
        await home.Cluster.ControlPlane.ApiServer.KillAsync();

        await using (TrafficClient.Start(home.Load($"podinfo.{place.Name}", "/status/500") with { RequestsPerSecond = 50 }))
        {
            var started = TimeProvider.System.GetTimestamp();
            await place.LiveAsync(0);
            Figures.Record($"out of the traffic {TimeProvider.System.GetElapsedTime(started).TotalSeconds:0.0} s after the first bad request, without an API server");
        }

        await home.Cluster.ControlPlane.ApiServer.StartAsync();
        await home.Cluster.ControlPlane.ApiServerBecomesReadyAsync();
        var failed = await place.PhaseAsync("Failed", TimeSpan.FromSeconds(120));
        Assert.Equal("FastAbort", failed.Text("status", "history", "0", "reason"));
        await Eventually.BecomesAsync(async () => (await place.WeightsAsync())["podinfo-canary"] == 0);
        Assert.Equal(CanaryYaml.FirstImage, await place.ImageAsync("podinfo-primary"));
    }
}
