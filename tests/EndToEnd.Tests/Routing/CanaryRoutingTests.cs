using XdsCanary.EndToEnd.Tests.Mesh;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Routing;

/// <summary>What a real Envoy makes of the annotation <c>xdscanary.io/routing</c> of a split.</summary>
[Collection(RealPrograms.Name)]
public sealed class CanaryRoutingTests(ITestOutputHelper output)
{
    private const string App = "app.default";
    private const string Primary = "app-primary.default";
    private const string Canary = "app-canary.default";

    [Fact]
    public async Task RTR_34_E2E_10_matching_requests_go_to_the_canary_only_and_all_others_to_the_primary()
    {
        const string Match =
            """
            {"match": [
              {"headers": [{"name": "X-Canary", "exact": "INSIDER"}, {"name": "user-agent", "prefix": "Moz"}]},
              {"headers": [{"name": "cookie", "regex": "^(.*?;)?(canary=always)(;.*)?$"}]},
              {"queryParams": [{"name": "v", "exact": "beta"}, {"name": "u", "suffix": "-x"}]}
            ], "fallback": "app-primary"}
            """;
        await using var mesh = await StartAsync(0, 100, Match.Replace("INSIDER", "insider", StringComparison.Ordinal));
        (string, string)[] insider = [("x-canary", "insider"), ("user-agent", "Mozilla")];

        for (var count = 0; count < 20; count++)
        {
            await mesh.AssertServedAsync(Canary, App, headers: insider);
            await mesh.AssertServedAsync(Canary, App, headers: ("cookie", "canary=always;a=b"));
            await mesh.AssertServedAsync(Canary, App, "/any?a=b&v=beta&u=1-x", "POST");
            await mesh.AssertServedAsync(Primary, App, headers: ("x-canary", "insider"));
            await mesh.AssertServedAsync(Primary, App, headers: [("x-canary", "insiders"), ("user-agent", "Mozilla")]);
            await mesh.AssertServedAsync(Primary, App, headers: ("cookie", "canary=always2"));
            await mesh.AssertServedAsync(Primary, App, "/?v=beta");
            await mesh.AssertServedAsync(Canary, App, "/?v=b%65ta&u=1%2dx");
            await mesh.AssertServedAsync(Primary, App, "/?v=a&v=beta&u=1-x");
        }

        var others = await TrafficClient.RunAsync(mesh.To(App), 500);
        Assert.True(others.Failed == 0 && others.From(Primary) == 500, others.ToString());

        // A change of the match alone.
        Write(mesh, 0, 100, Match.Replace("INSIDER", "tester", StringComparison.Ordinal));
        await Eventually.GetAsync(() => mesh.AskAsync(App, headers: insider), reply => reply.From == Primary);
        await mesh.AssertServedAsync(Canary, App, headers: [("x-canary", "tester"), ("user-agent", "Mozilla")]);
        await mesh.FollowsAsync("app", ("app-primary", 0), ("app-canary", 100));

        // Back at the primary.
        Write(mesh, 100, 0, Match);
        await mesh.FollowsAsync("app", ("app-primary", 100), ("app-canary", 0));
        await mesh.AssertServedAsync(Primary, App, headers: ("cookie", "canary=always"));
        await mesh.AssertNothingRejectedAsync();
    }

    [Fact]
    public async Task RTR_28_canary_sees_copies_and_every_answer_is_the_primarys()
    {
        const int Requests = 1_000;
        await using var mesh = await StartAsync(100, 0, """{"mirror": {"backend": "app-canary", "percent": 100}}""");
        var canary = await mesh.UpstreamAsync(Canary);

        await AssertAllFromPrimaryAsync(mesh, Requests);
        await Eventually.BecomesAsync(() => canary.Requests == Requests);

        Write(mesh, 100, 0, """{"mirror": {"backend": "app-canary", "percent": 25}}""");
        await CopiedAsync(mesh, canary, 0.25, Requests);

        // A mirror that is slow and fails harms nobody.
        canary.Status = System.Net.HttpStatusCode.InternalServerError;
        canary.Delay = TimeSpan.FromSeconds(1);
        await AssertAllFromPrimaryAsync(mesh, 100);

        Write(mesh, 100, 0, "{}");
        await CopiedAsync(mesh, canary, 0, 200);
        await mesh.AssertNothingRejectedAsync();
    }

    [Fact]
    public async Task RTR_27_RTR_29_RTR_30_E2E_09_cookies_keep_clients_until_the_end()
    {
        const string Running =
            """
            {"affinity": {
              "backend": "app-canary", "cookie": "flagger-cookie=COOKIE", "maxAgeSeconds": 86400,
              "fallback": "app-primary", "primaryCookie": "primary-cookie=zyx", "primaryMaxAgeSeconds": 60,
              "attributes": "HttpOnly; Path=/"}}
            """;
        await using var mesh = await StartAsync(90, 10, Running.Replace("COOKIE", "a.b%c", StringComparison.Ordinal));
        var fromCanary = await Eventually.GetAsync(() => mesh.AskAsync(App), reply => reply.From == Canary);
        var fromPrimary = await Eventually.GetAsync(() => mesh.AskAsync(App), reply => reply.From == Primary);
        Assert.Equal("flagger-cookie=a.b%c; Max-Age=86400; HttpOnly; Path=/", fromCanary.SetCookie);
        Assert.Equal("primary-cookie=zyx; Max-Age=60; HttpOnly; Path=/", fromPrimary.SetCookie);

        await AssertKeptAsync(mesh, Canary, "flagger-cookie=a.b%c", string.Empty);
        await AssertKeptAsync(mesh, Canary, "x=y; flagger-cookie=a.b%c; z=1", string.Empty);
        await AssertKeptAsync(mesh, Primary, "primary-cookie=zyx", string.Empty);

        // What only looks like the cookie goes by the weights.
        var similar = await TrafficClient.RunAsync(
            mesh.To(App) with { Headers = new Dictionary<string, string> { ["cookie"] = "flagger-cookie=aXb%c; xflagger-cookie=a.b%c" } }, 200);
        Assert.True(similar.Failed == 0 && similar.From(Primary) > 100, similar.ToString());

        // A change of the cookie alone.
        Write(mesh, 90, 10, Running.Replace("COOKIE", "next", StringComparison.Ordinal));
        await Eventually.GetAsync(
            () => mesh.AskAsync(App),
            reply => reply.SetCookie == "flagger-cookie=next; Max-Age=86400; HttpOnly; Path=/");
        await mesh.FollowsAsync("app", ("app-primary", 90), ("app-canary", 10));
        await AssertKeptAsync(mesh, Canary, "flagger-cookie=next", string.Empty);

        // The end.
        Write(
            mesh, 100, 0,
            """{"affinity": {"backend": "app-canary", "fallback": "app-primary", "previousCookie": "flagger-cookie=next", "attributes": "Path=/"}}""");
        await mesh.FollowsAsync("app", ("app-primary", 100), ("app-canary", 0));
        await AssertKeptAsync(mesh, Primary, "flagger-cookie=next", "flagger-cookie=next; Max-Age=-1; Path=/");
        await AssertKeptAsync(mesh, Primary, "primary-cookie=zyx", string.Empty);
        await mesh.AssertNothingRejectedAsync();
    }

    private static async Task<RoutingMesh> StartAsync(int primary, int canary, string routing)
    {
        var mesh = new RoutingMesh();
        mesh.Manifests.WriteRoot("app");
        await mesh.ServeAsync("default", "app-primary", "app-canary");
        Write(mesh, primary, canary, routing);
        await mesh.StartAsync();
        return mesh;
    }

    private static void Write(RoutingMesh mesh, int primary, int canary, string routing) => mesh.Manifests.Write(
        "app.yaml",
        $$$"""
        apiVersion: split.smi-spec.io/v1alpha2
        kind: TrafficSplit
        metadata:
          name: app
          annotations:
            xdscanary.io/routing: '{{{routing.ReplaceLineEndings(" ")}}}'
        spec:
          service: app
          backends: [{service: app-primary, weight: {{{primary}}}}, {service: app-canary, weight: {{{canary}}}}]
        """);

    private static async Task AssertKeptAsync(RoutingMesh mesh, string upstream, string cookie, string setCookie)
    {
        for (var count = 0; count < 30; count++)
        {
            var reply = await mesh.AskAsync(App, headers: ("cookie", cookie));
            Assert.Equal((upstream, setCookie), (reply.From, reply.SetCookie));
        }
    }

    private static async Task AssertAllFromPrimaryAsync(RoutingMesh mesh, int requests)
    {
        var report = await TrafficClient.RunAsync(mesh.To(App), requests);
        Assert.True(report.Failed == 0 && report.From(Primary) == requests, report.ToString());
    }

    // The weights stay as they were, so that the Envoy follows shows in the copies only.
    private Task<long> CopiedAsync(RoutingMesh mesh, UpstreamServer canary, double share, int requests) => Eventually.GetAsync(
        async () =>
        {
            var before = canary.Requests;
            await AssertAllFromPrimaryAsync(mesh, requests);
            output.WriteLine($"{canary.Requests - before} of {requests} copied");
            return canary.Requests - before;
        },
        copies => Math.Abs(copies - (share * requests)) <= 5 * Math.Sqrt(requests * share * (1 - share)));
}
