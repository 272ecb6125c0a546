using XdsCanary.EndToEnd.Tests.Mesh;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Canary;

/// <summary>The other strategies, and cookies, through a real Envoy.</summary>
[Collection(RealPrograms.Name)]
public sealed class StrategyTests
{
    [Fact]
    public async Task E2E_08_H_21_An_ab_test_sends_matching_requests_to_the_canary_and_no_others()
    {
        await using var mesh = await CanaryMesh.StartAsync();
        await mesh.InitialiseAsync(
            ["interval: 1s", "threshold: 1", "iterations: 3", "match: [{headers: {x-canary: {exact: insider}}}]"],
            CanaryText.Hooks(mesh.Hooks, "event", "confirm-promotion"));
        mesh.Hooks.Refused["/confirm-promotion"] = true;
        mesh.Release(await mesh.UpstreamAsync("next"));
        await mesh.PhaseAsync("WaitingPromotion");

        for (var count = 0; count < 20; count++)
        {
            Assert.Equal("next", (await mesh.AskAsync(("x-canary", "insider"))).From);
            Assert.Equal("first", (await mesh.AskAsync(("x-canary", "outsider"))).From);
            Assert.Equal("first", (await mesh.AskAsync()).From);
        }

        mesh.Hooks.Refused.Clear();
        await mesh.PhaseAsync("Succeeded");
        await mesh.FollowsAsync(0);
        Assert.Equal("next", (await mesh.AskAsync()).From);
        Assert.Equal(
            ["1/3", "2/3", "3/3"],
            mesh.Hooks.Events.Where(call => call.Text.Contains("iteration", StringComparison.Ordinal))
                .Select(call => call.Text[^3..]));
    }

    [Fact]
    public async Task E2E_07_Blue_green_checks_without_traffic_then_switches_at_once()
    {
        await using var mesh = await CanaryMesh.StartAsync();
        await mesh.InitialiseAsync(
            ["interval: 1s", "threshold: 1", "iterations: 2"],
            CanaryText.Hooks(mesh.Hooks, "event", "pre-rollout", "rollout"));
        await using var traffic = TrafficClient.Start(mesh.Load with { RequestsPerSecond = 200 });
        var next = await mesh.UpstreamAsync("next");
        mesh.Release(next);

        var last = await mesh.EventAsync("iteration 2/2");
        var switched = await mesh.EventAsync("Routing all traffic to canary");
        var copied = await mesh.EventAsync("Copying web.default");
        await mesh.PhaseAsync("Succeeded");
        var report = await traffic.StopAsync();

        Assert.Equal(0, last.CanaryRequests);
        var (canary, all) = (copied.CanaryRequests - switched.CanaryRequests, copied.AllRequests - switched.AllRequests);
        // All but those of the moment that a busy machine takes to switch: steps would let half of them through.
        Assert.True(all > 50 && canary * 4 >= all * 3, $"{canary} of {all} requests went to green.");
        Assert.True(report.Failed == 0, report.ToString());
        Assert.Equal("next", (await mesh.AskAsync()).From);
        Assert.Equal(1, mesh.Hooks.Calls.Count(call => call.Path == "/pre-rollout"));
    }

    [Fact]
    public async Task CTL_11_H_21_A_mirrored_canary_gets_copies_before_it_answers_anybody()
    {
        await using var mesh = await CanaryMesh.StartAsync();
        await mesh.InitialiseAsync(
            ["interval: 2s", "threshold: 1", "stepWeight: 50", "maxWeight: 50", "mirror: true"],
            CanaryText.Hooks(mesh.Hooks, "event", "confirm-traffic-increase"));
        await using var traffic = TrafficClient.Start(mesh.Load with { RequestsPerSecond = 200 });
        var next = await mesh.UpstreamAsync("next");
        mesh.Release(next);

        await Eventually.BecomesAsync(() => next.Requests > 50);
        Assert.Equal(0, traffic.Report().From("next"));
        await mesh.EventAsync("canary weight 50");
        await mesh.PhaseAsync("Succeeded");
        var report = await traffic.StopAsync();
        Assert.True(report.Failed == 0 && report.From("next") > 0, report.ToString());
        Assert.Equal("next", (await mesh.AskAsync()).From);
    }

    [Fact]
    public async Task E2E_09_H_21_Cookies_keep_clients_where_they_were_and_are_dropped_after_the_run()
    {
        await using var mesh = await CanaryMesh.StartAsync();
        await mesh.InitialiseAsync(
            [
                "interval: 1s", "threshold: 1", "stepWeight: 10", "maxWeight: 10",
                "sessionAffinity: {cookieName: canary-cookie, primaryCookieName: primary-cookie}",
            ],
            CanaryText.Hooks(mesh.Hooks, "event", "confirm-promotion"));
        mesh.Hooks.Refused["/confirm-promotion"] = true;
        mesh.Release(await mesh.UpstreamAsync("next"));
        await mesh.PhaseAsync("WaitingPromotion");
        await mesh.FollowsAsync(10);

        var canary = await CookieOfAsync(mesh, "next");
        var primary = await CookieOfAsync(mesh, "first");
        Assert.StartsWith("canary-cookie=", canary, StringComparison.Ordinal);
        Assert.StartsWith("primary-cookie=", primary, StringComparison.Ordinal);
        for (var count = 0; count < 30; count++)
        {
            Assert.Equal("next", (await mesh.AskAsync(("cookie", canary))).From);
            Assert.Equal("first", (await mesh.AskAsync(("cookie", primary))).From);
        }

        mesh.Hooks.Refused.Clear();
        await mesh.PhaseAsync("Succeeded");
        await mesh.FollowsAsync(0);
        var (from, cookies) = await mesh.AskAsync(("cookie", canary));
        Assert.Equal("next", from);
        Assert.Contains(
            cookies,
            cookie => cookie.StartsWith(canary, StringComparison.Ordinal)
                && cookie.Contains("Max-Age=-1", StringComparison.Ordinal));
    }

    private static async Task<string> CookieOfAsync(CanaryMesh mesh, string upstream)
    {
        var (_, cookies) = await Eventually.GetAsync(() => mesh.AskAsync(), reply => reply.From == upstream);
        return Assert.Single(cookies).Split(';')[0];
    }
}
