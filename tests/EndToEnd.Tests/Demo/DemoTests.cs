using System.Runtime.InteropServices;
using XdsCanary.EndToEnd.Tests.Mesh;
using XdsCanary.TestKit;

namespace XdsCanary.EndToEnd.Tests.Demo;

/// <summary>The first command of a new user: it works, says what it did, and leaves the machine as it was.</summary>
[Collection(RealPrograms.Name)]
public sealed class DemoTests
{
    private const string EmbeddedPlane = "Data plane: the embedded data plane";

    private static readonly TimeSpan RunLimit = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Told_to_it_shows_four_steps_on_the_embedded_data_plane()
    {
        await using var demo = DemoRun.StartEmbedded();

        await AssertGoodRunAsync(demo, EmbeddedPlane);
    }

    [Fact]
    public async Task With_an_Envoy_on_the_path_it_shows_four_steps_on_that()
    {
        var envoy = Tool.Find("envoy");
        await using var demo = DemoRun.StartWithEnvoy();

        await AssertGoodRunAsync(demo, $"Data plane: Envoy ({envoy})");
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    public async Task Signal_ends_it_where_there_is_no_Envoy(PosixSignal signal)
    {
        await using var demo = DemoRun.StartWithoutEnvoy();

        await AssertStopsAsync(demo, signal, processes: 1);

        Assert.Contains(demo.Log.Lines, line => line.EndsWith(EmbeddedPlane, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(PosixSignal.SIGINT)]
    [InlineData(PosixSignal.SIGTERM)]
    [InlineData(PosixSignal.SIGHUP)]
    public async Task Signal_ends_it_with_its_Envoy(PosixSignal signal)
    {
        Tool.Find("envoy");
        await using var demo = DemoRun.StartWithEnvoy();

        await AssertStopsAsync(demo, signal, processes: 2);
    }

    private static async Task AssertGoodRunAsync(DemoRun demo, string dataPlane)
    {
        Assert.Equal(0, await demo.ExitAsync(RunLimit));

        Assert.Contains(demo.Log.Lines, line => line.EndsWith(dataPlane, StringComparison.Ordinal));
        Assert.Equal(["100/0", "75/25", "50/50", "0/100"], demo.Steps.Select(step => step[1]));
        Assert.All(demo.Steps, step =>
        {
            var (requests, failed) = (int.Parse(step[4]), step[5]);
            Assert.True(requests > 500, $"Only {requests} requests.");
            Assert.Equal("0", failed);
        });
        Assert.StartsWith("No request failed", demo.Log.Lines[^1], StringComparison.Ordinal);
        demo.AssertNothingIsLeft();
    }

    private static async Task AssertStopsAsync(DemoRun demo, PosixSignal signal, int processes)
    {
        await demo.ReachesTheSceneAsync();
        Assert.Equal(processes, demo.Processes().Count);

        demo.Signal(signal);

        Assert.Equal(1, await demo.ExitAsync(StopLimit));
        Assert.Contains("The demo was stopped before its end.", demo.Log.Lines);
        demo.AssertNothingIsLeft();
    }
}
