using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.Processes;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>The ways to bring a revision into the traffic, and to judge it, with real controllers, pods, Envoy and traffic.</summary>
[Collection(CanaryCluster.Shared)]
public sealed class StrategyRunTests(CanaryCluster home)
{
    private const string Next = "podinfo:6.0.1";

    private const string Templates =
        """
        apiVersion: flagger.app/v1beta1
        kind: MetricTemplate
        metadata: {name: succeeded, namespace: test}
        spec: {provider: {type: envoy}, query: "success-rate({{ target }}-{{ variables.part }})"}
        ---
        apiVersion: flagger.app/v1beta1
        kind: MetricTemplate
        metadata: {name: latency, namespace: test}
        spec: {provider: {type: envoy}, query: "request-duration({{ target }}-{{ variables.part }}, 0.99)"}
        """;

    private const string OwnMetrics =
        "metrics: [{name: succeeded, interval: 3s, templateRef: {name: succeeded}, templateVariables: {part: canary}, thresholdRange: {min: 99} }, "
        + "{name: latency, interval: 3s, templateRef: {name: latency}, templateVariables: {part: canary}, thresholdRange: {max: 500} }]";

    [Fact]
    public async Task E2E_05_E2E_11_listed_weights_are_taken_in_turn_whatever_is_written_for_other_routers()
    {
        var place = await home.InitialiseAsync(CanaryYaml.Canary(
            "stepWeights: [10, 20, 30, 40, 50, 60]", service: "delegation: true, gateways: [istio-system/public]", interval: "1s"));
        await using var load = TrafficClient.Start(home.Load($"podinfo.{place.Name}") with { RequestsPerSecond = 50, Connections = 2 });

        await place.ReleaseAsync(Next);

        await place.PhaseAsync("Progressing");
        var ended = await place.PhaseAsync("Succeeded");
        var report = await load.StopAsync();
        Assert.Equal(0, report.Failed);
        Assert.Null(ended.Condition("Accepted"));
        Assert.Equal(Next, await place.ImageAsync("podinfo-primary"));
        var advance = $"Advance podinfo.{place.Name} canary weight ";
        Assert.Equal(
            ["10", "20", "30", "40", "50", "60"],
            (await place.EventsAsync()).Where(text => text.StartsWith(advance, StringComparison.Ordinal)).Select(text => text[advance.Length..]));
    }

    [Fact]
    public async Task E2E_06_E2E_15_own_metric_templates_promote_a_good_revision_and_fail_a_bad_one()
    {
        var place = await home.GetAsync();
        await place.ApplyAsync(Templates);
        await place.ApplyAsync(CanaryYaml.Deployment());
        await place.ApplyAsync(CanaryYaml.Service("podinfo"));
        await place.ApplyAsync(CanaryYaml.Canary($"stepWeight: 25, maxWeight: 50, {OwnMetrics}", interval: "1s"));
        await place.PhaseAsync("Initialized");
        await place.LiveAsync(0);
        var load = home.Load($"podinfo.{place.Name}") with { RequestsPerSecond = 100 };
        await using (var good = TrafficClient.Start(load))
        {
            await place.ReleaseAsync(Next);
            await place.PhaseAsync("Progressing");

            // Whoever owns the Service goes on changing it while we look after its selector and ports.
            await place.Api.PatchAsync(
                place.Path("v1", "services", "podinfo"),
                KubeJson.ReadYaml("metadata: {labels: {tier: front} }")[0]);
            await place.PhaseAsync("Succeeded");
            Assert.Equal(0, (await good.StopAsync()).Failed);
        }

        Assert.Equal(Next, await place.ImageAsync("podinfo-primary"));
        var service = await place.Api.GetAsync(place.Path("v1", "services", "podinfo"));
        Assert.Equal("front", service.Text("metadata", "labels", "tier"));
        Assert.Equal("podinfo-primary", service.Text("spec", "selector", "app"));
        await using (TrafficClient.Start(load with { Path = "/status/500" }))
        {
            await place.ReleaseAsync("podinfo:6.0.2");
            var failed = await place.PhaseAsync("Failed");
            Assert.Equal("ThresholdReached", failed.Text("status", "reason"));
        }

        Assert.Equal(Next, await place.ImageAsync("podinfo-primary"));
        await place.ToldAsync("Halt podinfo");
    }

    [Fact]
    public async Task E2E_14_a_revision_that_takes_a_second_fails_by_its_duration()
    {
        var place = await home.InitialiseAsync(CanaryYaml.Canary($"stepWeight: 25, maxWeight: 50, {CanaryYaml.Metrics}", interval: "1s"));
        await using var load = TrafficClient.Start(home.Load($"podinfo.{place.Name}", "/delay/1") with { RequestsPerSecond = 40, Connections = 40 });

        await place.ReleaseAsync(Next);

        var failed = await place.PhaseAsync("Failed");
        var duration = failed.Items("status", "history", "0", "checks").Single(check => check.Text("metric") == "request-duration");
        Assert.Equal("Fail", duration.Text("verdict"));
        Assert.Equal(CanaryYaml.FirstImage, await place.ImageAsync("podinfo-primary"));
        await place.LiveAsync(0);
    }

    [Theory]
    [InlineData("Deployment")]
    [InlineData("DaemonSet")]
    public async Task CTL_12_CTL_24_E2E_08_E2E_14_E2E_15_matching_requests_and_no_others_reach_the_canary(string kind)
    {
        await using var gate = new StubServer(FreePort.Next()) { IsClosed = true };
        var place = await home.InitialiseAsync(
            CanaryYaml.Canary(
                $"iterations: 2, match: [{{headers: {{x-canary: {{exact: insider}} }} }}], webhooks: [{CanaryYaml.Hook("confirm-promotion", gate.Address)}]",
                kind: kind,
                interval: "1s"),
            kind == "DaemonSet" ? CanaryYaml.DaemonSet : null);
        await place.ReleaseAsync(Next, kind);
        await place.PhaseAsync("WaitingPromotion");
        using var visitor = new Visitor(place);

        for (var count = 0; count < 5; count++)
        {
            Assert.False((await visitor.AskAsync(("x-canary", "insider"))).IsFromPrimary);
            Assert.True((await visitor.AskAsync(("x-canary", "outsider"))).IsFromPrimary);
            Assert.True((await visitor.AskAsync()).IsFromPrimary);
        }

        gate.IsClosed = false;
        await place.PhaseAsync("Succeeded");
        await place.LiveAsync(0);
        Assert.True((await visitor.AskAsync(("x-canary", "insider"))).IsFromPrimary);
        Assert.Equal(Next, await place.ImageAsync("podinfo-primary", $"{kind.ToLowerInvariant()}s"));
        var advance = $"Advance podinfo.{place.Name} canary iteration ";
        Assert.Equal(
            ["1/2", "2/2"],
            (await place.EventsAsync()).Where(text => text.StartsWith(advance, StringComparison.Ordinal)).Select(text => text[advance.Length..]));
    }

    [Fact]
    public async Task E2E_13_cookies_keep_clients_where_they_were_and_are_taken_back_after_the_run()
    {
        await using var gate = new StubServer(FreePort.Next()) { IsClosed = true };
        var place = await home.InitialiseAsync(CanaryYaml.Canary(
            "stepWeight: 30, maxWeight: 30, sessionAffinity: {cookieName: canary-cookie, primaryCookieName: primary-cookie}, "
                + $"webhooks: [{CanaryYaml.Hook("confirm-promotion", gate.Address)}]",
            interval: "1s"));
        await place.ReleaseAsync(Next);
        await place.PhaseAsync("WaitingPromotion");
        await place.LiveAsync(30);
        using var visitor = new Visitor(place);

        var canary = await CookieAsync(visitor, isOfPrimary: false);
        var primary = await CookieAsync(visitor, isOfPrimary: true);

        Assert.StartsWith("canary-cookie=", canary, StringComparison.Ordinal);
        Assert.StartsWith("primary-cookie=", primary, StringComparison.Ordinal);
        for (var count = 0; count < 10; count++)
        {
            Assert.False((await visitor.AskAsync(("cookie", canary))).IsFromPrimary);
            Assert.True((await visitor.AskAsync(("cookie", primary))).IsFromPrimary);
        }

        gate.IsClosed = false;
        await place.PhaseAsync("Succeeded");
        await place.LiveAsync(0);
        var after = await visitor.AskAsync(("cookie", canary));
        Assert.True(after.IsFromPrimary);
        Assert.Contains(after.Cookies, cookie =>
            cookie.StartsWith(canary, StringComparison.Ordinal) && cookie.Contains("Max-Age=-1", StringComparison.Ordinal));
    }

    private static async Task<string> CookieAsync(Visitor visitor, bool isOfPrimary)
    {
        var visit = await Eventually.GetAsync(() => visitor.AskAsync(), visit => visit.IsFromPrimary == isOfPrimary);
        return Assert.Single(visit.Cookies).Split(';')[0];
    }
}
