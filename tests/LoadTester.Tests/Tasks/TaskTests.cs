using System.Globalization;
using XdsCanary.TestKit;

namespace XdsCanary.LoadTester.Tests.Tasks;

public sealed class TaskTests : IDisposable
{
    private static readonly LoadTesterOptions Bash = new() { AllowBash = true };
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task LDT_02_A_bash_task_that_goes_well_is_answered_with_an_empty_200()
    {
        await using var tester = await RunningLoadTester.StartAsync(Bash);

        Assert.Equal((200, string.Empty), (await tester.RunAsync(("type", "bash"), ("cmd", "echo some-output"))).Pair);
    }

    [Fact]
    public async Task LDT_03_With_returnCmdOutput_the_output_is_the_body()
    {
        await using var tester = await RunningLoadTester.StartAsync(Bash);

        var answer = await tester.RunAsync(("type", "bash"), ("cmd", "echo some-output | tr a-z A-Z"), ("returnCmdOutput", "true"));

        Assert.Equal((200, "SOME-OUTPUT\n"), answer.Pair);
    }

    [Fact]
    public async Task LDT_04_A_failing_command_is_answered_with_its_output_and_exit_code()
    {
        await using var tester = await RunningLoadTester.StartAsync(Bash);

        Assert.Equal((500, "command false failed: : exit status 1"), (await tester.RunAsync(("type", "bash"), ("cmd", "false"))).Pair);
        Assert.Equal(
            (500, "command echo no; exit 3 failed: no\n: exit status 3"),
            (await tester.RunAsync(("type", "bash"), ("cmd", "echo no; exit 3"))).Pair);
    }

    [Fact]
    public async Task LDT_05_The_same_command_of_a_canary_runs_once_at_a_time()
    {
        await using var tester = await RunningLoadTester.StartAsync(Bash);
        var (gate, log) = (Path.Combine(_folder.FullPath, "gate"), Path.Combine(_folder.FullPath, "log"));
        string[] commands = [Command("one"), Command("two")];

        var first = await GiveThriceAsync();
        await Eventually.BecomesAsync(() => File.Exists(log) && File.ReadAllLines(log).Length == 2);
        await File.WriteAllTextAsync(gate, string.Empty, TestContext.Current.CancellationToken);
        await EndAsync(first);
        var second = await GiveThriceAsync(times: 1);
        await EndAsync(second);

        Assert.Equal(2, first.Distinct().Count());
        Assert.Equal(4, File.ReadAllLines(log).Length);

        string Command(string name) => $"echo {name} >> {log}; until [ -e {gate} ]; do sleep 0.02; done";

        async Task<List<string>> GiveThriceAsync(int times = 3)
        {
            var locations = new List<string>();
            foreach (var command in Enumerable.Repeat(commands, times).SelectMany(all => all))
            {
                var answer = await tester.RunAsync(("type", "cmd"), ("cmd", command));
                Assert.Equal((202, string.Empty), answer.Pair);
                locations.Add(answer.Location);
            }

            return locations;
        }

        async Task EndAsync(IEnumerable<string> locations)
        {
            foreach (var location in locations)
            {
                await Eventually.BecomesAsync(async () => (await tester.GetAsync(location)).Pair.Status == 200);
            }
        }
    }

    [Theory]
    [InlineData("ngrinder")]
    [InlineData("concord")]
    public async Task LDT_06_to_12_Concord_and_ngrinder_are_refused_with_a_reason(string type)
    {
        await using var tester = await RunningLoadTester.StartAsync(Bash);

        var (status, body) = (await tester.RunAsync(("type", type), ("server", "http://x"))).Pair;

        Assert.Equal((501, $"task type {type} is not supported; use cmd, bash, helm, kubectl or load"), (status, body));
    }

    [Fact]
    public async Task What_is_no_task_is_refused_with_a_reason()
    {
        await using var tester = await RunningLoadTester.StartAsync(Bash);

        Assert.Equal((400, "metadata not found in payload"), (await tester.PostAsync("/", """{"name":"a","namespace":"b"}""")).Pair);
        Assert.Equal((400, "cmd not found in metadata"), (await tester.RunAsync(("type", "cmd"))).Pair);
        Assert.Equal((400, "unknown task type nonsense"), (await tester.RunAsync(("type", "nonsense"))).Pair);
    }

    [Fact]
    public async Task A_command_that_somebody_waits_for_fails_the_check_by_its_exit_code()
    {
        await using var tester = await RunningLoadTester.StartAsync(new LoadTesterOptions { Allow = ["false", "echo"] });

        Assert.Equal((500, "command false failed: : exit status 1"), (await tester.RunAsync(("cmd", "false"), ("wait", "true"))).Pair);
        Assert.Equal(
            (200, "a  b\n"), (await tester.RunAsync(("cmd", "echo 'a  b'"), ("wait", "true"), ("returnCmdOutput", "true"))).Pair);
    }

    [Fact]
    public async Task A_command_that_nobody_waits_for_keeps_its_result_for_those_who_ask()
    {
        await using var tester = await RunningLoadTester.StartAsync(new LoadTesterOptions { Allow = ["false"] });

        var receipt = await tester.RunAsync(("cmd", "false"));
        Answer? last = null;
        await Eventually.BecomesAsync(async () => (last = await tester.GetAsync(receipt.Location)).Pair.Status != 202);

        Assert.Equal(202, receipt.Pair.Status);
        Assert.Equal((500, "command false failed: : exit status 1"), last!.Pair);
    }

    [Fact]
    public async Task A_hanging_command_is_killed_with_its_children()
    {
        await using var tester = await RunningLoadTester.StartAsync(Bash with { Timeout = TimeSpan.FromSeconds(1) });

        var (status, body) = (await tester.RunAsync(("type", "bash"), ("cmd", "sleep 300 & echo child $!; sleep 300"))).Pair;

        Assert.Equal(500, status);
        Assert.EndsWith(": killed after 1s", body, StringComparison.Ordinal);
        await DiesAsync(PidIn(body));
    }

    [Fact]
    public async Task A_command_whose_caller_goes_away_is_killed_with_its_children()
    {
        await using var tester = await RunningLoadTester.StartAsync(Bash);
        var file = Path.Combine(_folder.FullPath, "pid");
        using var leave = new CancellationTokenSource();

        var call = tester.PostUntilAsync(
            "/", RunningLoadTester.Task(("type", "bash"), ("cmd", $"sleep 300 & echo child $! > {file}; sleep 300")), leave.Token);
        await Eventually.BecomesAsync(() => File.Exists(file) && File.ReadAllText(file).EndsWith('\n'));
        await leave.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        await DiesAsync(PidIn(await File.ReadAllTextAsync(file, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public async Task Commands_are_off_until_they_are_allowed()
    {
        await using var tester = await RunningLoadTester.StartAsync();
        var file = Path.Combine(_folder.FullPath, "made");

        Assert.Equal(
            (403, "command 'touch' is not on the list of allowed commands; start the load tester with --allow"),
            (await tester.RunAsync(("cmd", $"touch {file}"))).Pair);
        Assert.Equal(
            (403, "bash tasks are off; start the load tester with --allow-bash"),
            (await tester.RunAsync(("type", "bash"), ("cmd", $"touch {file}"))).Pair);
        Assert.Equal(403, (await tester.RunAsync(("type", "kubectl"), ("cmd", "delete ns test"))).Pair.Status);
        Assert.Equal(403, (await tester.RunAsync(("type", "helmv3"), ("cmd", "test podinfo"))).Pair.Status);
        Assert.False(File.Exists(file));
    }

    [Fact]
    public async Task Output_without_an_end_is_cut()
    {
        await using var tester = await RunningLoadTester.StartAsync(Bash);

        var answer = await tester.RunAsync(("type", "bash"), ("cmd", "head -c 1000000 /dev/zero | tr '\\0' x"), ("returnCmdOutput", "true"));

        Assert.Equal((200, 64 * 1024), (answer.Pair.Status, answer.Body.Length));
    }

    [Fact]
    public async Task Kubectl_runs_with_the_fields_of_its_command()
    {
        Tool.Find("kubectl");
        await using var tester = await RunningLoadTester.StartAsync(new LoadTesterOptions { Allow = ["kubectl version"] });

        var answer = await tester.RunAsync(("type", "kubectl"), ("cmd", "version --client"), ("returnCmdOutput", "true"));

        Assert.Equal(200, answer.Pair.Status);
        Assert.StartsWith("Client Version:", answer.Body, StringComparison.Ordinal);
    }

    private static int PidIn(string text) =>
        int.Parse(text.Split("child ")[^1].Split('\n')[0], CultureInfo.InvariantCulture);

    // A process that was killed may stay in the table until its parent asks for its exit code.
    private static Task DiesAsync(int pid) => Eventually.BecomesAsync(() =>
        !File.Exists($"/proc/{pid}/stat") || File.ReadAllText($"/proc/{pid}/stat").Split(") ")[1].StartsWith('Z'));
}
