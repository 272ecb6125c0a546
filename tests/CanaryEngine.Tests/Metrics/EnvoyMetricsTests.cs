using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Metrics;

/// <summary>Metrics out of the proxies' own statistics.</summary>
public sealed class EnvoyMetricsTests
{
    private const string Canary = "front-canary";

    [Fact]
    public async Task H_26_Canary_that_fails_every_request_has_a_success_rate_of_0()
    {
        await using var proxy = await StubProxy.StartAsync();
        await using var metrics = new MetricsHarness { Endpoints = [proxy.Address] };
        await BeginAsync(metrics);
        proxy.Serve(Canary, 503, 20);

        var answer = await LaterAsync(metrics, TestCanary.SuccessRate());

        Assert.Equal((0.0, 20.0, null), (answer.Value, answer.Samples, answer.Missing));
        Assert.Equal("success-rate(shop/front-canary) over 60 s", answer.Query);
        Assert.Equal("20 requests in 10 s (503: 20); read at 1 of 1 proxies", answer.Raw);
        Assert.Equal(MetricProviderType.Envoy, answer.Provider);
    }

    [Fact]
    public async Task Canary_without_traffic_has_no_value()
    {
        await using var proxy = await StubProxy.StartAsync();
        proxy.Serve(Canary, 200, 100);
        await using var metrics = new MetricsHarness { Endpoints = [proxy.Address] };
        await BeginAsync(metrics);

        foreach (var check in new[] { TestCanary.SuccessRate(), TestCanary.Duration() })
        {
            var answer = await LaterAsync(metrics, check);
            Assert.Equal((null, InconclusiveKind.NoTraffic), (answer.Value, answer.Missing));
            Assert.StartsWith("no values found", answer.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task First_reading_alone_is_no_value()
    {
        await using var proxy = await StubProxy.StartAsync();
        proxy.Serve(Canary, 200, 100);
        await using var metrics = new MetricsHarness { Endpoints = [proxy.Address] };

        var answer = await metrics.AskAsync(TestCanary.Ask(TestCanary.SuccessRate()));

        Assert.Equal((InconclusiveKind.NoTraffic, "no values found: the proxies were read only once so far"), (answer.Missing, answer.Error));
    }

    [Fact]
    public async Task Duration_is_the_99th_percentile_and_for_the_fast_abort_the_median()
    {
        await using var proxy = await StubProxy.StartAsync();
        await using var metrics = new MetricsHarness { Endpoints = [proxy.Address] };
        await BeginAsync(metrics);
        proxy.Serve(Canary, 200, 90, milliseconds: 8);
        proxy.Serve(Canary, 200, 10, milliseconds: 700);

        var tail = await LaterAsync(metrics, TestCanary.Duration());
        var median = await metrics.AskAsync(TestCanary.Ask(TestCanary.Duration(), forAbort: true));

        Assert.Equal(500 + (500 * 0.9), tail.Value!.Value, 6);
        Assert.Equal(5 + (5 * 50 / 90.0), median.Value!.Value, 6);
        Assert.Equal(100, median.Samples);
    }

    [Fact]
    public async Task Both_names_of_a_service_and_all_proxies_are_added_up()
    {
        await using var near = await StubProxy.StartAsync();
        await using var far = await StubProxy.StartAsync();
        await using var metrics = new MetricsHarness { Endpoints = [near.Address, far.Address] };
        await BeginAsync(metrics);
        near.Serve(Canary, 200, 30);
        near.Serve("front-primary", 500, 1000);
        far.Serve($"shop_{Canary}", 500, 10);

        var answer = await LaterAsync(metrics, TestCanary.SuccessRate());

        Assert.Equal((75.0, 40.0), (answer.Value, answer.Samples));
    }

    [Fact]
    public async Task Restarted_proxy_counts_from_zero()
    {
        await using var proxy = await StubProxy.StartAsync();
        proxy.Serve(Canary, 200, 1000);
        await using var metrics = new MetricsHarness { Endpoints = [proxy.Address] };
        await BeginAsync(metrics);
        proxy.Restart();
        proxy.Serve(Canary, 200, 3);
        proxy.Serve(Canary, 500, 1);

        var answer = await LaterAsync(metrics, TestCanary.SuccessRate());

        Assert.Equal((75.0, 4.0), (answer.Value, answer.Samples));
    }

    [Fact]
    public async Task One_proxy_away_leaves_the_other()
    {
        await using var proxy = await StubProxy.StartAsync();
        var gone = await StubProxy.StartAsync();
        var address = gone.Address;
        await using var metrics = new MetricsHarness { Endpoints = [proxy.Address, address] };
        await BeginAsync(metrics);
        await gone.DisposeAsync();
        proxy.Serve(Canary, 200, 10);

        var answer = await LaterAsync(metrics, TestCanary.SuccessRate());

        Assert.Equal((100.0, 10.0), (answer.Value, answer.Samples));
        Assert.Contains($"read at 1 of 2 proxies (not at {address.GetLeftPart(UriPartial.Authority)}: ", answer.Raw, StringComparison.Ordinal);
    }

    [Fact]
    public async Task H_15_All_proxies_away_is_an_outage_that_names_them()
    {
        var gone = await StubProxy.StartAsync();
        await gone.DisposeAsync();
        await using var metrics = new MetricsHarness { Endpoints = [gone.Address] };

        var answer = await metrics.AskAsync(TestCanary.Ask(TestCanary.SuccessRate()));

        Assert.Equal(InconclusiveKind.Outage, answer.Missing);
        Assert.Contains(gone.Address.Authority, answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_any_proxy_the_answer_says_how_to_get_one()
    {
        await using var metrics = new MetricsHarness();

        var answer = await metrics.AskAsync(TestCanary.Ask(TestCanary.SuccessRate()));

        Assert.Equal(InconclusiveKind.Outage, answer.Missing);
        Assert.Contains("node.metadata.admin", answer.Error, StringComparison.Ordinal);
        Assert.StartsWith("envoy not avaiable: ", await metrics.ProbeAsync(TestCanary.SuccessRate()), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Proxies_are_read_only_while_somebody_asks()
    {
        await using var proxy = await StubProxy.StartAsync();
        await using var metrics = new MetricsHarness { Endpoints = [proxy.Address] };

        await metrics.SampleAsync(1);
        Assert.Empty(proxy.Requests);

        metrics.Provider.Watch(TestCanary.Spec(TestCanary.SuccessRate()));
        await metrics.SampleAsync(1);
        Assert.Equal(
            @"^cluster\.(front-canary|shop_front-canary)\.upstream_rq_([1-5][0-9][0-9]|time)$", Assert.Single(proxy.Requests).Filter);

        await metrics.SampleAsync(600);
        Assert.Single(proxy.Requests);
    }

    [Fact]
    public async Task Interest_that_ended_leaves_no_old_sample_behind()
    {
        await using var proxy = await StubProxy.StartAsync();
        await using var metrics = new MetricsHarness { Endpoints = [proxy.Address] };
        await BeginAsync(metrics);
        proxy.Serve(Canary, 500, 10);

        await metrics.SampleAsync(600);
        var answer = await metrics.AskAsync(TestCanary.Ask(TestCanary.SuccessRate()));

        Assert.Equal(InconclusiveKind.NoTraffic, answer.Missing);
    }

    [Fact]
    public async Task Questions_of_one_moment_share_a_reading()
    {
        await using var proxy = await StubProxy.StartAsync();
        await using var metrics = new MetricsHarness { Endpoints = [proxy.Address] };

        await metrics.AskAsync(TestCanary.Ask(TestCanary.SuccessRate()));
        await metrics.AskAsync(TestCanary.Ask(TestCanary.Duration()));

        Assert.Single(proxy.Requests);
    }

    [Fact]
    public async Task Relative_range_is_answered_with_the_primarys_value()
    {
        var check = TestCanary.Duration(120, relative: true);
        await using var proxy = await StubProxy.StartAsync();
        await using var metrics = new MetricsHarness { Endpoints = [proxy.Address] };
        metrics.Provider.Watch(TestCanary.Spec(check));
        await metrics.SampleAsync(1);
        proxy.Serve(Canary, 200, 100, milliseconds: 90);
        proxy.Serve("front-primary", 200, 100, milliseconds: 40);

        var answer = await LaterAsync(metrics, check);

        Assert.Equal((99.5, 49.75), (Math.Round(answer.Value!.Value, 6), Math.Round(answer.Baseline!.Value, 6)));
    }

    [Fact]
    public async Task Relative_range_without_traffic_at_the_primary_is_inconclusive()
    {
        var check = TestCanary.SuccessRate(98, relative: true);
        await using var proxy = await StubProxy.StartAsync();
        await using var metrics = new MetricsHarness { Endpoints = [proxy.Address] };
        metrics.Provider.Watch(TestCanary.Spec(check));
        await metrics.SampleAsync(1);
        proxy.Serve(Canary, 200, 100);

        var answer = await LaterAsync(metrics, check);

        Assert.Equal((null, InconclusiveKind.NoTraffic), (answer.Value, answer.Missing));
        Assert.EndsWith("(of the primary, for comparison)", answer.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("request-rate({{ canary }})", 10)]
    [InlineData("success-rate(shop/{{ canary }})", 100)]
    public async Task Template_of_type_envoy_asks_the_proxies(string query, double expected)
    {
        var check = TestCanary.Template();
        await using var proxy = await StubProxy.StartAsync();
        await using var metrics = new MetricsHarness { Endpoints = [proxy.Address] };
        metrics.Templates[check.Template!.Value] = Template(check.Template.Value, query);
        await BeginAsync(metrics, check);
        proxy.Serve(Canary, 200, 100);

        Assert.Equal(expected, (await LaterAsync(metrics, check)).Value!.Value, 6);
    }

    [Fact]
    public async Task Template_of_type_envoy_with_another_query_is_told_what_there_is()
    {
        var check = TestCanary.Template();
        await using var metrics = new MetricsHarness();
        metrics.Templates[check.Template!.Value] = Template(check.Template.Value, "sum(x)");

        var answer = await metrics.AskAsync(TestCanary.Ask(check));

        Assert.Equal(InconclusiveKind.BadQuery, answer.Missing);
        Assert.Contains("request-duration(SERVICE, QUANTILE)", answer.Error, StringComparison.Ordinal);
    }

    private static MetricTemplateSpec Template(NamespacedName key, string query) => new()
    {
        Key = key,
        Provider = MetricProviderType.Envoy,
        Query = query,
    };

    private static Task BeginAsync(MetricsHarness metrics, MetricCheck? check = null)
    {
        metrics.Provider.Watch(TestCanary.Spec(check ?? TestCanary.SuccessRate()));
        metrics.Interest.Note(new NamespacedName("shop", Canary), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));
        return metrics.SampleAsync(1);
    }

    private static Task<MetricAnswer> LaterAsync(MetricsHarness metrics, MetricCheck check)
    {
        metrics.Time.Advance(TimeSpan.FromSeconds(10));
        return metrics.AskAsync(TestCanary.Ask(check));
    }
}
