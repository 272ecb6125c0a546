using XdsCanary.TestKit;
using XdsCanary.TestKit.RealEnvoy;
using XdsCanary.TestKit.Server;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Mesh;

/// <summary>The server dies and comes back; the traffic does not notice, and the Envoy hardly.</summary>
[Collection(RealPrograms.Name)]
public sealed class RestartTests
{
    private static readonly string[] Types = ["cds", "eds", "lds", "rds"];

    [Fact]
    public async Task Killed_and_restarted_under_load_it_sends_a_delta_Envoy_nothing_that_it_holds()
    {
        await using var mesh = await StartLargerAsync(delta: true);
        await using var traffic = TrafficClient.Start(mesh.To());
        var before = await mesh.Envoy.Admin.ResourcesAsync();

        await KillAndRestartAsync(mesh, traffic);

        // The empty answers of the new server are no news to the Envoy: not even the time of the last update has changed.
        Assert.Equal(before, await mesh.Envoy.Admin.ResourcesAsync());
        var stream = Assert.Single(await mesh.Server.Admin.StreamsAsync());
        Assert.True(stream is { ResourcesSent: 0, RemovalsSent: 0 }, stream.ToString());

        // A change made now goes the whole way, alone: what was not sent before would have come before it.
        await mesh.ShiftAsync(30, 70);
        stream = Assert.Single(await mesh.Server.Admin.StreamsAsync());
        Assert.True(stream is { ResourcesSent: 1, RemovalsSent: 0 }, stream.ToString());
        Assert.Equal(WithoutRoutes(before), WithoutRoutes(await mesh.Envoy.Admin.ResourcesAsync()));
        await AssertNoneFailedAsync(mesh, traffic);
    }

    [Fact]
    public async Task Killed_and_restarted_under_load_it_gives_a_SotW_Envoy_the_same_versions()
    {
        await using var mesh = await StartLargerAsync(delta: false);
        await using var traffic = TrafficClient.Start(mesh.To());
        var before = await mesh.Envoy.Admin.ResourcesAsync();

        await KillAndRestartAsync(mesh, traffic);

        Assert.Equal(before.Select(Version), (await mesh.Envoy.Admin.ResourcesAsync()).Select(Version));
        await mesh.ShiftAsync(30, 70);
        await AssertNoneFailedAsync(mesh, traffic);
    }

    private static async Task<RealMesh> StartLargerAsync(bool delta)
    {
        var mesh = await RealMesh.StartAsync(delta);
        for (var number = 1; number <= 20; number++)
        {
            mesh.Manifests.WriteBackend($"extra-{number}", mesh.V1);
        }

        await mesh.RoutesAsync("extra-20");
        await mesh.ShiftAsync(60, 40);
        return mesh;
    }

    private static async Task KillAndRestartAsync(RealMesh mesh, TrafficClient traffic)
    {
        await traffic.AdvancesAsync(500);
        await mesh.Server.Kill9Async();
        await Eventually.GetAsync(() => mesh.Envoy.Admin.StatAsync("control_plane.connected_state"), connected => connected == 0);
        await traffic.AdvancesAsync(500);
        await mesh.Server.RestartAsync();
        await Eventually.GetAsync(mesh.Server.Admin.StreamsAsync, streams => streams.Count == 1 && IsSettled(streams[0]));
        await mesh.FollowsAsync(60, 40);
        await traffic.AdvancesAsync(500);
    }

    private static bool IsSettled(StreamState stream) =>
        Array.TrueForAll(Types, type => stream.Types.TryGetValue(type, out var state) && !state.AckPending);

    private static IEnumerable<EnvoyResource> WithoutRoutes(IEnumerable<EnvoyResource> resources) =>
        resources.Where(resource => resource.Kind != "routes");

    private static string Version(EnvoyResource resource) => $"{resource.Kind} {resource.Name} {resource.Version}";

    private static async Task AssertNoneFailedAsync(RealMesh mesh, TrafficClient traffic)
    {
        await traffic.AdvancesAsync(100);
        var report = await traffic.StopAsync();
        Figures.Record($"killed and restarted under load: {report}");
        Assert.Equal(0, report.Failed);
        await mesh.AssertNothingRejectedAsync();
    }
}
