using XdsCanary.EndToEnd.Tests.Mesh;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Demo;

/// <summary>
/// The embedded data plane follows our own server as an Envoy does: a second client, written from the protocol and not from
/// the server, and one that no machine lacks.
/// </summary>
[Collection(RealPrograms.Name)]
public sealed class EmbeddedPlaneTests(ITestOutputHelper output)
{
    private const int Changes = 100;

    // As much as the stand-in takes would leave the server no processor to follow the changes on.
    private const double Rate = 500;

    private const int Services = 30;
    private const int RequestsToEach = 20;

    [Fact]
    public async Task Hundred_weight_changes_under_load_fail_no_request_and_are_never_rejected()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await using var traffic = TrafficClient.Start(mesh.To() with { RequestsPerSecond = Rate });

        for (var change = 1; change <= Changes; change++)
        {
            // 37 and 101 have no common divisor: no weight comes up twice in a row.
            var second = change * 37 % 101;
            await mesh.ShiftAsync(100 - second, second);
        }

        await mesh.ShiftAsync(0, 100);
        await EndsWellAsync(mesh, traffic);

        // What is acknowledged is in use.
        Assert.Equal(500, (await TrafficClient.RunAsync(mesh.To(), 500)).From(EmbeddedMesh.Second));
    }

    [Fact]
    public async Task Services_come_and_go_and_no_request_fails()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await using var traffic = TrafficClient.Start(mesh.To() with { RequestsPerSecond = Rate });
        var before = mesh.Held.Select(NameOf).ToList();

        for (var number = 1; number <= Services; number++)
        {
            var service = $"extra-{number}";
            mesh.Manifests.WriteBackend(service, mesh.V2);
            await mesh.ConvergesAsync(service, state => state is { IsLive: true, Wanted.Count: > 0 });

            var report = await TrafficClient.RunAsync(mesh.To(service), RequestsToEach);
            Assert.True(report.Failed == 0 && report.From(EmbeddedMesh.Second) == RequestsToEach, $"{service}: {report}");

            mesh.Manifests.DeleteService(service);
            await mesh.ConvergesAsync(service, state => state.Wanted.Count == 0 && state.Converged == state.Proxies);
        }

        await Eventually.BecomesAsync(() => before.SequenceEqual(mesh.Held.Select(NameOf)));
        await EndsWellAsync(mesh, traffic);
    }

    [Fact]
    public async Task Server_that_was_killed_and_started_again_sends_nothing_that_is_held()
    {
        await using var mesh = await EmbeddedMesh.StartAsync();
        await mesh.ShiftAsync(60, 40);
        await using var traffic = TrafficClient.Start(mesh.To() with { RequestsPerSecond = Rate });
        await traffic.AdvancesAsync(100);
        var before = mesh.Held.ToList();

        await mesh.Server.Kill9Async();
        await traffic.AdvancesAsync(100);
        await mesh.Server.RestartAsync();
        await mesh.FollowsAsync(60, 40);

        Assert.Equal(before, mesh.Held);
        var stream = Assert.Single(await mesh.Server.Admin.StreamsAsync());
        Assert.True(stream is { ResourcesSent: 0, RemovalsSent: 0 }, stream.ToString());

        // A change made now comes alone.
        await mesh.ShiftAsync(30, 70);
        stream = Assert.Single(await mesh.Server.Admin.StreamsAsync());
        Assert.True(stream is { ResourcesSent: 1, RemovalsSent: 0 }, stream.ToString());
        await EndsWellAsync(mesh, traffic);
    }

    // Without the version, which is the last word.
    private static string NameOf(string held) => held[..held.LastIndexOf(' ')];

    private async Task EndsWellAsync(EmbeddedMesh mesh, TrafficClient traffic)
    {
        await traffic.AdvancesAsync(100);
        var report = await traffic.StopAsync();
        output.WriteLine(report.ToString());
        Assert.Equal(0, report.Failed);
        await mesh.AssertNothingRejectedAsync();
    }
}
