using System.Collections.Immutable;
using Spectre.Console;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.XdsServer.Demo;

namespace XdsCanary.XdsServer.Tests.Demo;

public sealed class SceneRowTests
{
    [Fact]
    public void Create_writes_weights_shares_and_time()
    {
        var counts = LoadCounts.None.With(200, "v1").With(200, "v1").With(200, "v2").With(null, null);

        var row = SceneRow.Create(2, new SceneStep(75, 25), Weights(75, 25), counts, TimeSpan.FromMilliseconds(12.4));

        Assert.Equal(["2", "75/25", "75/25", "66.7/33.3", "4", "1", "12"], row.Cells);
    }

    [Fact]
    public void Create_before_anything_has_come_leaves_dashes() =>
        Assert.Equal(
            ["1", "100/0", "-", "-", "0", "0", "-"], SceneRow.Create(1, new SceneStep(100, 0), null, LoadCounts.None, null).Cells);

    [Theory]
    [InlineData(75, 25, true)]
    [InlineData(3, 1, true)]
    [InlineData(25, 75, false)]
    [InlineData(0, 0, false)]
    public void Is_compares_shares(int v1, int v2, bool expected) => Assert.Equal(expected, new SceneStep(75, 25).Is(Weights(v1, v2)));

    [Fact]
    public void Is_takes_a_backend_that_is_not_named_for_zero() =>
        Assert.True(new SceneStep(0, 100).Is([new BackendWeight("shop-v2", 1)]));

    [Theory]
    [InlineData(204, 0)]
    [InlineData(404, 1)]
    [InlineData(503, 1)]
    [InlineData(null, 1)]
    public void With_counts_all_but_2xx_as_failed(int? status, int failed) =>
        Assert.Equal(failed, LoadCounts.None.With(status, "v1").Failed);

    [Fact]
    public async Task Report_without_a_terminal_writes_final_lines_only()
    {
        using var output = new StringWriter();
        var console = AnsiConsole.Create(new AnsiConsoleSettings { Out = new AnsiConsoleOutput(output), Interactive = InteractionSupport.No });
        var row = SceneRow.Create(1, new SceneStep(100, 0), null, LoadCounts.None, null);

        await new SceneReport(console).ShowAsync("Scene", show =>
        {
            show(row, false);
            show(row with { Requests = "7" }, true);
            return Task.FromResult<string?>(null);
        });

        Assert.Equal(
            ["Scene", "step  wanted  acknowledged  observed  requests  failed  write to ack, ms", "1     100/0   -             -         7         0       -"],
            output.ToString().Split(Environment.NewLine, StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd()));
    }

    private static ImmutableArray<BackendWeight> Weights(int v1, int v2) =>
        [new("shop-v1", (uint)v1), new("shop-v2", (uint)v2)];
}
