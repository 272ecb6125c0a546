using XdsCanary.CanaryEngine.Ports;
using XdsCanary.TestKit;
using XdsCanary.XdsServer.Admin;
using XdsCanary.XdsServer.Client;

namespace XdsCanary.XdsServer.Tests.Client;

/// <summary>What the command line prints of canaries.</summary>
public sealed class CanaryRenderingTests
{
    private static readonly DateTimeOffset Now = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData("kubectl-get-canaries-progressing.txt")]
    [InlineData("kubectl-get-canaries-ended.txt")]
    public void Table_is_laid_out_as_kubectl_lays_it_out(string file)
    {
        var path = RepositoryPaths.FlaggerRecord(file);
        Assert.SkipUnless(File.Exists(path), "The recorded tables are not here.");
        // One record has the wide table after it.
        var lines = File.ReadAllLines(path);
        var recorded = string.Join('\n', lines.Take(1).Concat(lines.Skip(1).TakeWhile(line => !line.StartsWith("NAME", StringComparison.Ordinal))));
        var canaries = recorded.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1)
            .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            .Select(cells => View() with
            {
                Name = cells[0],
                Phase = cells[1],
                CanaryWeight = int.Parse(cells[2]),
                LastTransitionTime = DateTimeOffset.Parse(cells[3]),
            });

        var written = CanaryTable.Write(canaries, isWide: false, withNamespace: false);

        Assert.Equal(Trimmed(recorded), Trimmed(written));
    }

    [Fact]
    public void Wide_table_leaves_empty_what_is_not_written_in_the_object()
    {
        var lines = CanaryTable.Write([View() with { Spec = Spec() }], isWide: true, withNamespace: true).Split('\n');

        Assert.Equal(
            "NAMESPACE NAME STATUS WEIGHT SUSPENDED FAILEDCHECKS INTERVAL MIRROR STEPWEIGHT STEPWEIGHTS MAXWEIGHT LASTTRANSITIONTIME",
            string.Join(' ', Cells(lines[0])));
        Assert.Equal("shop web Progressing 0 1 1m [10,50]", string.Join(' ', Cells(lines[1])));
    }

    [Theory]
    [InlineData(0, "0s")]
    [InlineData(-5, "0s")]
    [InlineData(119, "119s")]
    [InlineData(120, "2m")]
    [InlineData(155, "2m35s")]
    [InlineData(720, "12m")]
    [InlineData((3 * 3600) + 300, "3h5m")]
    [InlineData(9 * 3600, "9h")]
    [InlineData(49 * 3600, "2d1h")]
    [InlineData(200 * 3600, "8d")]
    public void Ages_are_written_as_kubectl_writes_them(int seconds, string expected) =>
        Assert.Equal(expected, Ages.Write(TimeSpan.FromSeconds(seconds)));

    [Theory]
    [InlineData(0, "░░░░░░░░░░")]
    [InlineData(25, "███░░░░░░░")]
    [InlineData(100, "██████████")]
    [InlineData(120, "██████████")]
    public void Bar_is_as_long_as_the_weight(int weight, string expected) => Assert.Equal(expected, WeightPlot.Bar(weight, 10));

    [Fact]
    public void Plot_shows_the_newest_weights_at_the_right()
    {
        var rows = WeightPlot.Draw([100, 0, 5, 10, 50], 4).Split('\n');

        Assert.Equal(" 100 │", rows[0]);
        Assert.Equal("  50 │   █", rows[5]);
        Assert.Equal("  10 │ ▄██", rows[9]);
        Assert.Equal("   0 └────", rows[10]);
    }

    [Fact]
    public void Line_of_a_log_tells_weight_acknowledgement_checks_and_the_last_event() => Assert.Equal(
        "shop/web Progressing (paused) weight 20 acknowledged 2/3 failed checks 1/5: Advance web.shop canary weight 20",
        WatchLines.Line(View() with
        {
            Spec = Spec(),
            Paused = true,
            Weight = 20,
            Traffic = new CanaryTrafficView(false, 3, 2, [], null, []),
            LastEvent = "Advance web.shop canary weight 20",
        }));

    [Theory]
    [InlineData(nameof(WatchGoal.Succeeded), "Succeeded", true)]
    [InlineData(nameof(WatchGoal.Succeeded), "Failed", false)]
    [InlineData(nameof(WatchGoal.Failed), "Failed", true)]
    [InlineData(nameof(WatchGoal.Failed), "Succeeded", false)]
    [InlineData(nameof(WatchGoal.Idle), "Initialized", true)]
    [InlineData(nameof(WatchGoal.Idle), "Progressing", null)]
    [InlineData(nameof(WatchGoal.Never), "Failed", null)]
    public void Watch_ends_when_what_is_waited_for_has_come_or_will_not(string goal, string phase, bool? expected) =>
        Assert.Equal(expected, WatchLines.HasCome(phase, Enum.Parse<WatchGoal>(goal)));

    [Fact]
    public void Description_has_the_query_and_its_answer_on_lines_of_their_own()
    {
        var text = CanaryDescription.Write(
            View() with
            {
                Problems = ["spec.analysis.stepWeight is 200"],
                Checks = [new CanaryCheckView("success", Now.AddSeconds(-30), "Fail", 97.25, 99, "below 99", "sum(\n  rate(x)\n)", "[1]")],
                Traffic = new CanaryTrafficView(false, 2, 1, [new BackendWeight("web-canary", 20)], null, [new LaggingProxy("edge", "no")]),
                Events = [new CanaryEventView(Now.AddMinutes(-5), Now.AddMinutes(-1), 3, "Warning", "Halt", "Progressing")],
            },
            Now);

        var lines = text.Split('\n');
        Assert.Contains("Problem:         spec.analysis.stepWeight is 200", lines);
        Assert.Contains("  success:         Fail, 97.25, primary 99, 30s ago", lines);
        Assert.Contains("    Query:           sum( rate(x) )", lines);
        Assert.Contains("  Acknowledged:    by 1 of 2 proxies", lines);
        Assert.Contains("  Lagging:         edge: no", lines);
        Assert.Contains(lines, line => line.Contains("60s (x3 over 5m)", StringComparison.Ordinal));
    }

    private static string Trimmed(string text) =>
        string.Join('\n', text.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.TrimEnd()));

    private static string[] Cells(string line) => line.Split(' ', StringSplitOptions.RemoveEmptyEntries);

    private static CanarySpecView Spec() =>
        new("Service/web", "web", "canary", "1m", 5, 0, 0, [10, 50], 0, false, false, false, [], []);

    private static CanaryStatusView View() => new()
    {
        Namespace = "shop",
        Name = "web",
        Phase = "Progressing",
        FailedChecks = 1,
        Reason = string.Empty,
        Message = string.Empty,
        LastAppliedSpec = string.Empty,
        LastPromotedSpec = string.Empty,
        ClosedGates = [],
        Approvals = [],
        Problems = [],
    };
}
