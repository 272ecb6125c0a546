using System.Runtime.InteropServices;
using XdsCanary.EndToEnd.Tests.Mesh;
using XdsCanary.TestKit;

namespace XdsCanary.EndToEnd.Tests.Demo;

/// <summary>The first command of a new user: it works, says what it did, and leaves the machine as it was.</summary>
[Collection(RealPrograms.Name)]
public sealed class DemoTests
{
    private const string EmbeddedPlane = "Data plane: the embedded data plane";

    private static readonly TimeSpan RunLimit = TimeSpan.FromSeconds(90);
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Told_to_it_shows_all_scenes_on_the_embedded_data_plane()
    {
        await using var demo = DemoRun.StartEmbedded();

        await AssertGoodRunAsync(demo, EmbeddedPlane);
    }

    [Fact]
    public async Task With_an_Envoy_on_the_path_it_shows_all_scenes_on_that()
    {
        var envoy = Tool.Find("envoy");
        await using var demo = DemoRun.StartWithEnvoy();

        await AssertGoodRunAsync(demo, $"Data plane: Envoy ({envoy})");
    }

    [Fact]
    public async Task With_a_Prometheus_and_an_Envoy_the_canary_asks_that_in_all_scenes()
    {
        var envoy = Tool.Find("envoy");
        Tool.Find("prometheus");
        await using var demo = DemoRun.StartWithEnvoyAndPrometheus();

        await AssertGoodRunAsync(demo, $"Data plane: Envoy ({envoy})");
    }

    [Fact]
    public async Task Third_scene_runs_alone_with_Prometheus_over_the_embedded_data_plane()
    {
        Tool.Find("prometheus");
        await using var demo = DemoRun.StartEmbedded(["--scene", "3", "--prometheus"], "prometheus");

        Assert.Equal(0, await demo.ExitAsync(RunLimit));

        Assert.Empty(demo.Steps);
        Assert.DoesNotContain(demo.Log.Lines, line => line.StartsWith("v3 was promoted", StringComparison.Ordinal));
        AssertRollbacks(demo);
        demo.AssertNothingIsLeft();
    }

    [Fact]
    public async Task Without_the_Prometheus_that_was_asked_for_it_says_how_to_get_it()
    {
        await using var demo = DemoRun.StartEmbedded(["--prometheus"], []);

        Assert.Equal(2, await demo.ExitAsync(StopLimit));

        Assert.Contains("There is no 'prometheus' on PATH. On Debian: apt-get install prometheus.", demo.Log.Lines);
        demo.AssertNothingIsLeft();
    }

    [Fact]
    public async Task Signal_ends_it_with_its_Prometheus()
    {
        Tool.Find("prometheus");
        await using var demo = DemoRun.StartEmbedded(["--prometheus"], "prometheus");

        await AssertStopsAsync(demo, PosixSignal.SIGTERM, processes: 2);
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
        AssertSays(demo, "No request failed");
        AssertPromotion(demo);
        AssertRollbacks(demo);
        demo.AssertNothingIsLeft();
    }

    private static void AssertPromotion(DemoRun demo)
    {
        string[] events =
        [
            "Initialization done! shop.default", "New revision detected! Scaling up shop.default",
            "Starting canary analysis for shop.default", "Advance shop.default canary weight 10",
            "Advance shop.default canary weight 20", "Advance shop.default canary weight 30",
            "Advance shop.default canary weight 40", "Advance shop.default canary weight 50",
            "Copying shop.default template spec to shop-primary.default", "Routing all traffic to primary",
            "Promotion completed! Scaling down shop.default",
        ];
        Assert.Equal(events, Events(demo).Where(events.Contains).Distinct());
        AssertSays(demo, "v3 was promoted in ");
    }

    private static void AssertRollbacks(DemoRun demo)
    {
        Assert.Equal(2, Events(demo).Count(text => text == "Canary failed! Scaling down shop.default"));
        Assert.Contains(Events(demo), text => text.StartsWith("Rolling back", StringComparison.Ordinal)
            && text.Contains("success rate", StringComparison.Ordinal));
        Assert.Contains(Events(demo), text => text.Contains("request duration", StringComparison.Ordinal));
        AssertSays(demo, "v4 was rolled back: weight 0 acknowledged ");
        AssertSays(demo, "v5 was rolled back: weight 0 acknowledged ");
        Assert.StartsWith("v5 was rolled back", demo.Log.Lines[^1], StringComparison.Ordinal);
    }

    // A line is the time, the unit and the text.
    private static IEnumerable<string> Events(DemoRun demo) =>
        from line in demo.Log.Lines
        let end = line.IndexOf(" s  ", StringComparison.Ordinal)
        where end is > 0 and < 10
        select line[(end + 4)..];

    private static void AssertSays(DemoRun demo, string start) =>
        Assert.Contains(demo.Log.Lines, line => line.StartsWith(start, StringComparison.Ordinal));

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
