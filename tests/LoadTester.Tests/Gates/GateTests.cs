using XdsCanary.LoadTester.Gates;
using XdsCanary.TestKit;

namespace XdsCanary.LoadTester.Tests.Gates;

public sealed class GateTests : IDisposable
{
    private const string Person = """{"name":"podinfo","namespace":"test"}""";
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_documented_flow_opens_and_closes_a_gate()
    {
        await using var tester = await RunningLoadTester.StartAsync();

        Assert.Equal((403, "Forbidden"), (await tester.PostAsync("/gate/check", Hook("Progressing", "a"))).Pair);
        Assert.Equal((202, string.Empty), (await tester.PostAsync("/gate/open", Person)).Pair);
        Assert.Equal((200, "Approved"), (await tester.PostAsync("/gate/check", Person)).Pair);
        Assert.Equal((200, "Approved"), (await tester.PostAsync("/gate/check", Hook("Progressing", "a"))).Pair);
        Assert.Equal((200, "Approved"), (await tester.PostAsync("/gate/check", Hook("Progressing", "a"))).Pair);
        Assert.Equal((202, string.Empty), (await tester.PostAsync("/gate/close", Person)).Pair);
        Assert.Equal((403, "Forbidden"), (await tester.PostAsync("/gate/check", Hook("Progressing", "a"))).Pair);
        Assert.Equal((403, "Forbidden"), (await tester.PostAsync("/gate/check", Person)).Pair);
    }

    [Fact]
    public async Task H_33_An_opened_gate_is_closed_for_the_next_revision()
    {
        await using var tester = await RunningLoadTester.StartAsync();
        await tester.PostAsync("/gate/open", Person);
        await tester.PostAsync("/gate/open", Person);

        Assert.Equal(200, (await tester.PostAsync("/gate/check", Hook("Progressing", "a"))).Pair.Status);
        Assert.Equal(403, (await tester.PostAsync("/gate/check", Hook("Progressing", "b"))).Pair.Status);
        Assert.Equal(200, (await tester.PostAsync("/gate/check", Hook("Progressing", "a"))).Pair.Status);
    }

    [Fact]
    public async Task H_33_Who_approves_the_start_has_not_approved_the_promotion()
    {
        await using var tester = await RunningLoadTester.StartAsync();
        await tester.PostAsync("/gate/open", Person);

        Assert.Equal(200, (await tester.PostAsync("/gate/check", Hook("Waiting", "a"))).Pair.Status);
        Assert.Equal(403, (await tester.PostAsync("/gate/check", Hook("Progressing", "a"))).Pair.Status);
    }

    [Fact]
    public async Task H_33_A_gate_opened_for_a_hook_and_a_revision_lets_only_these_pass()
    {
        await using var tester = await RunningLoadTester.StartAsync();
        await tester.PostAsync("/gate/open", """{"name":"podinfo","namespace":"test","hook":"promote","checksum":"b"}""");

        Assert.Equal(403, (await tester.PostAsync("/gate/check", Hook("Progressing", "a", "promote"))).Pair.Status);
        Assert.Equal(403, (await tester.PostAsync("/gate/check", Hook("Progressing", "b", "increase"))).Pair.Status);
        Assert.Equal(200, (await tester.PostAsync("/gate/check", Hook("Progressing", "b", "promote"))).Pair.Status);
    }

    [Fact]
    public async Task Rollback_gates_are_apart_from_gates_and_from_other_canaries()
    {
        await using var tester = await RunningLoadTester.StartAsync();
        await tester.PostAsync("/rollback/open", Person);

        Assert.Equal(403, (await tester.PostAsync("/gate/check", Person)).Pair.Status);
        Assert.Equal(403, (await tester.PostAsync("/rollback/check", """{"name":"other","namespace":"test"}""")).Pair.Status);
        Assert.Equal((200, "Approved"), (await tester.PostAsync("/rollback/check", Hook("Progressing", "a"))).Pair);
        Assert.Equal((403, "Forbidden"), (await tester.PostAsync("/rollback/check", Hook("Progressing", "b"))).Pair);
        Assert.Equal(202, (await tester.PostAsync("/rollback/close", Person)).Pair.Status);
        Assert.Equal((403, "Forbidden"), (await tester.PostAsync("/rollback/check", Hook("Progressing", "a"))).Pair);
    }

    [Fact]
    public async Task Gates_survive_a_restart()
    {
        var options = new LoadTesterOptions { StateFile = Path.Combine(_folder.FullPath, "gates.json") };
        await using (var before = await RunningLoadTester.StartAsync(options))
        {
            await before.PostAsync("/gate/open", Person);
            await before.PostAsync("/gate/check", Hook("Progressing", "a"));
            await before.PostAsync("/rollback/open", Person);
        }

        await using var after = await RunningLoadTester.StartAsync(options);

        Assert.Equal(200, (await after.PostAsync("/gate/check", Hook("Progressing", "a"))).Pair.Status);
        Assert.Equal(403, (await after.PostAsync("/gate/check", Hook("Progressing", "b"))).Pair.Status);
        Assert.Equal(200, (await after.PostAsync("/rollback/check", Hook("Progressing", "b"))).Pair.Status);
    }

    [Fact]
    public void A_state_file_that_is_not_ours_is_refused()
    {
        var path = _folder.Write("gates.json", "not json");

        var fault = Assert.Throws<IOException>(() => new GateBook(new GateFile(path)));

        Assert.Contains(path, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Old_revisions_do_not_fill_the_memory()
    {
        var state = GateState.Empty;
        for (var i = 0; i < 100; i++)
        {
            state = state.With(new OpenGate(GateKind.Gate, "c.n", "h", $"{i}"));
        }

        Assert.InRange(state.Open.Length, 1, 20);
        Assert.True(state.Ask(new OpenGate(GateKind.Gate, "c.n", "h", "99")).IsOpen);
    }

    private static string Hook(string phase, string checksum, string hook = "") =>
        $$$"""{"name":"podinfo","namespace":"test","phase":"{{{phase}}}","checksum":"{{{checksum}}}","metadata":{"hook":"{{{hook}}}"}}""";
}
