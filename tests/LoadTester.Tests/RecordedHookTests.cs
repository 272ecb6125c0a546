using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using XdsCanary.TestKit;

namespace XdsCanary.LoadTester.Tests;

/// <summary>What released Flagger sends, byte for byte, to a running load tester.</summary>
public sealed class RecordedHookTests
{
    private static string Body(string hook) => Bodies().First(entry => entry.Hook == hook).Body;

    public static TheoryData<string, string> CommandBodies
    {
        get
        {
            var data = new TheoryData<string, string>();
            foreach (var (hook, body) in Bodies().Where(entry => entry.Body.Contains("\"cmd\"", StringComparison.Ordinal)))
            {
                data.Add(hook, body);
            }

            return data;
        }
    }

    [Theory]
    [MemberData(nameof(CommandBodies))]
    public async Task A_recorded_hook_with_a_load_test_is_taken_when_hey_is_allowed_and_refused_when_not(string hook, string body)
    {
        await using var open = await RunningLoadTester.StartAsync(new LoadTesterOptions { Allow = ["hey"] });
        await using var closed = await RunningLoadTester.StartAsync();

        Assert.Equal((202, string.Empty), (await open.PostAsync("/", body)).Pair);
        Assert.Equal(
            (hook, 403, "command 'hey' is not on the list of allowed commands; start the load tester with --allow"),
            (hook, (await closed.PostAsync("/", body)).Pair.Status, (await closed.PostAsync("/", body)).Body));
    }

    [Fact]
    public async Task A_recorded_confirm_gate_follows_the_person_who_opens_it()
    {
        await using var tester = await RunningLoadTester.StartAsync();
        var start = Body("gated-confirm-rollout");
        var promotion = Body("gated-confirm-promotion");

        Assert.Equal((403, "Forbidden"), (await tester.PostAsync("/gate/check", start)).Pair);
        await tester.PostAsync("/gate/open", """{"name":"gated","namespace":"test"}""");
        Assert.Equal((200, "Approved"), (await tester.PostAsync("/gate/check", start)).Pair);
        Assert.Equal((403, "Forbidden"), (await tester.PostAsync("/gate/check", promotion)).Pair);
        await tester.PostAsync("/gate/open", """{"name":"gated","namespace":"test"}""");
        Assert.Equal((200, "Approved"), (await tester.PostAsync("/gate/check", promotion)).Pair);
    }

    [Theory]
    [InlineData("confirm-rollout")]
    [InlineData("confirm-traffic-increase")]
    [InlineData("confirm-promotion")]
    [InlineData("post-rollout")]
    [InlineData("event")]
    public async Task A_recorded_hook_passes_an_approving_gate_and_not_a_halting_one(string hook)
    {
        await using var tester = await RunningLoadTester.StartAsync();

        Assert.Equal((200, "OK"), (await tester.PostAsync("/gate/approve", Body(hook))).Pair);
        Assert.Equal((403, "Forbidden"), (await tester.PostAsync("/gate/halt", Body(hook))).Pair);
    }

    [Fact]
    public async Task An_acceptance_test_by_bash_decides_by_what_the_service_answers()
    {
        Tool.Find("curl");
        await using var service = await ServiceAsync();
        await using var tester = await RunningLoadTester.StartAsync(new LoadTesterOptions { AllowBash = true });
        var body = Body("pre-rollout");

        Assert.Equal((200, string.Empty), (await tester.PostAsync("/", Acceptance("token"))).Pair);
        Assert.Equal(500, (await tester.PostAsync("/", Acceptance("password"))).Pair.Status);

        string Acceptance(string word) => Replace(
            body, "\"metadata\":{", $$"""{"type":"bash","cmd":"curl -s -d 'test' {{service.Urls.First()}}/token | grep {{word}}"}""");
    }

    [Fact]
    public async Task A_load_test_by_hey_reaches_the_service()
    {
        Tool.Find("hey");
        await using var service = await ServiceAsync();
        await using var tester = await RunningLoadTester.StartAsync(new LoadTesterOptions { Allow = ["hey"] });
        var body = Replace(
            Body("rollout"),
            "\"metadata\":{",
            $$"""{"type":"cmd","cmd":"hey -n 20 -c 2 {{service.Urls.First()}}/","wait":"true","returnCmdOutput":"true"}""");

        var answer = await tester.PostAsync("/", body);

        Assert.Equal(200, answer.Pair.Status);
        Assert.Contains("[200]\t20 responses", answer.Body, StringComparison.Ordinal);
    }

    // The recorded call with other metadata.
    private static string Replace(string body, string from, string metadata) =>
        $"{body[..body.IndexOf(from, StringComparison.Ordinal)]}\"metadata\":{metadata}}}";

    private static IEnumerable<(string Hook, string Body)> Bodies()
    {
        using var stream = typeof(RecordedHookTests).Assembly.GetManifestResourceStream("recorded-webhooks")!;
        using var reader = new StreamReader(stream);
        while (reader.ReadLine() is { } line)
        {
            var end = line.IndexOf(' ', StringComparison.Ordinal);
            yield return (line[..end], line[(end + 1)..]);
        }
    }

    private static async Task<WebApplication> ServiceAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.Urls.Add("http://127.0.0.1:0");
        app.Run(context => context.Response.WriteAsync("a token"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return app;
    }
}
