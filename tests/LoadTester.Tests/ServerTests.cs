namespace XdsCanary.LoadTester.Tests;

public sealed class ServerTests
{
    [Fact]
    public async Task LDT_01_Health_answers_OK()
    {
        await using var tester = await RunningLoadTester.StartAsync();

        Assert.Equal((200, "OK"), (await tester.GetAsync("/healthz")).Pair);
    }

    [Fact]
    public async Task Approve_and_halt_answer_anyone_and_unknown_paths_are_not_found()
    {
        await using var tester = await RunningLoadTester.StartAsync();

        Assert.Equal((200, "OK"), (await tester.PostAsync("/gate/approve", "anything")).Pair);
        Assert.Equal((403, "Forbidden"), (await tester.GetAsync("/gate/halt")).Pair);
        Assert.Equal(404, (await tester.PostAsync("/gate/typo", "{}")).Pair.Status);
        Assert.Equal(404, (await tester.PostAsync("/acceptance", RunningLoadTester.Task(("type", "bash")))).Pair.Status);
        Assert.Equal(404, (await tester.GetAsync("/tasks/99")).Pair.Status);
    }

    [Theory]
    [InlineData("/")]
    [InlineData("/gate/check")]
    [InlineData("/gate/open")]
    [InlineData("/rollback/close")]
    public async Task A_body_that_is_no_payload_is_refused_without_words(string path)
    {
        await using var tester = await RunningLoadTester.StartAsync();

        Assert.Equal((400, string.Empty), (await tester.PostAsync(path, string.Empty)).Pair);
        Assert.Equal((400, string.Empty), (await tester.PostAsync(path, "{")).Pair);
        Assert.Equal((400, string.Empty), (await tester.PostAsync(path, "null")).Pair);
        Assert.Equal((400, string.Empty), (await tester.PostAsync(path, """{"metadata":{"cmd":1}}""")).Pair);
    }

    [Fact]
    public async Task Namespaces_that_the_expression_does_not_find_are_kept_out()
    {
        await using var tester = await RunningLoadTester.StartAsync(new LoadTesterOptions { NamespaceRegexp = "^test$", AllowBash = true });

        Assert.Equal(200, (await tester.RunAsync(("type", "bash"), ("cmd", "true"))).Pair.Status);
        foreach (var path in new[] { "/", "/gate/check", "/gate/open", "/rollback/open" })
        {
            Assert.Equal((403, "Forbidden"), (await tester.PostAsync(path, """{"name":"a","namespace":"other"}""")).Pair);
        }
    }

    [Fact]
    public async Task Metrics_count_tasks_by_outcome()
    {
        await using var tester = await RunningLoadTester.StartAsync(new LoadTesterOptions { Allow = ["true", "false"] });
        await tester.RunAsync(("cmd", "true"), ("wait", "true"));
        await tester.RunAsync(("cmd", "false"), ("wait", "true"));
        await tester.RunAsync(("cmd", "rm -r /"));

        var metrics = (await tester.GetAsync("/metrics")).Body;

        Assert.All(
            ["succeeded", "failed", "refused"],
            outcome => Assert.Contains($"loadtester_tasks_total{{outcome=\"{outcome}\"}} 1\n", metrics, StringComparison.Ordinal));
    }
}
