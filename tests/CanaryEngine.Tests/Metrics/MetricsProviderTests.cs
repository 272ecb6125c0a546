using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Metrics;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Metrics;

/// <summary>Who is asked what.</summary>
public sealed class MetricsProviderTests
{
    private static readonly NamespacedName Name = new("shop", "error-rate");

    [Fact]
    public async Task CTL_38_Built_in_checks_ask_the_configured_Prometheus()
    {
        await using var server = await StubServer.StartAsync(Vector("98.5"));
        await using var metrics = Harness(server.Address);

        var answer = await metrics.AskAsync(TestCanary.Ask(TestCanary.SuccessRate()));

        Assert.Equal((98.5, MetricProviderType.Prometheus), (answer.Value, answer.Provider));
        Assert.StartsWith("100 * (sum(rate(envoy_cluster_upstream_rq{envoy_cluster_name=~\"front-canary|",
            Assert.Single(server.Requests).Query, StringComparison.Ordinal);
    }

    [Fact]
    public async Task CTL_33_CTL_39_Canarys_own_server_goes_before_the_settings()
    {
        await using var server = await StubServer.StartAsync(Vector("1"));
        await using var metrics = new MetricsHarness();
        var spec = TestCanary.Spec() with { MetricsServer = server.Address };

        Assert.Equal(1, (await metrics.AskAsync(TestCanary.Ask(TestCanary.SuccessRate()), spec)).Value);
        Assert.Equal(1, (await metrics.AskAsync(TestCanary.Ask(TestCanary.Query("up")), spec)).Value);
    }

    [Fact]
    public async Task Fast_abort_asks_for_the_median_and_the_number_of_requests()
    {
        await using var server = await StubServer.StartAsync(Vector("40"));
        await using var metrics = Harness(server.Address);

        var answer = await metrics.AskAsync(
            TestCanary.Ask(TestCanary.Duration(), forAbort: true, window: TimeSpan.FromSeconds(10)));

        Assert.Equal((40.0, 40.0), (answer.Value, answer.Samples));
        Assert.StartsWith("histogram_quantile(0.5, ", answer.Query, StringComparison.Ordinal);
        Assert.Contains(server.Requests, request => request.Query.StartsWith("sum(increase(", StringComparison.Ordinal)
            && request.Query.EndsWith("[10s]))", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Query_of_a_canary_needs_Prometheus()
    {
        await using var metrics = new MetricsHarness();

        var answer = await metrics.AskAsync(TestCanary.Ask(TestCanary.Query("up")));

        Assert.Equal(InconclusiveKind.BadQuery, answer.Missing);
        Assert.Contains("--metrics-server", answer.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Relative_query_is_asked_of_both_services()
    {
        await using var server = await StubServer.StartAsync(Vector("5"));
        await using var metrics = Harness(server.Address);

        var answer = await metrics.AskAsync(TestCanary.Ask(TestCanary.Query("up{s=\"{{ subject }}\"}", relative: true)));

        Assert.Equal((5.0, 5.0), (answer.Value, answer.Baseline));
        Assert.Equal(
            ["up{s=\"front-canary\"}", "up{s=\"front-primary\"}"], server.Requests.Select(request => request.Query).Order());
    }

    [Fact]
    public async Task Relative_query_that_asks_the_same_for_both_is_refused()
    {
        await using var server = await StubServer.StartAsync(Vector("5"));
        await using var metrics = Harness(server.Address);

        var answer = await metrics.AskAsync(TestCanary.Ask(TestCanary.Query("up{s=\"{{ canary }}\"}", relative: true)));

        Assert.Equal(InconclusiveKind.BadQuery, answer.Missing);
        Assert.Contains("{{ subject }}", answer.Error, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task CTL_34_Template_is_asked_with_its_address_headers_and_secret()
    {
        await using var server = await StubServer.StartAsync(Vector("5"));
        await using var metrics = new MetricsHarness();
        var secret = new NamespacedName("shop", "login");
        metrics.Secrets[secret] = Values(("username", "user"), ("password", "pass\n"));
        metrics.Templates[Name] = Template(server.Address) with
        {
            Secret = secret,
            Headers = [new TemplateVariable("X-Scope", "tenant")],
        };

        var answer = await metrics.AskAsync(TestCanary.Ask(TestCanary.Template()));

        Assert.Equal((5.0, "up{ns=\"shop\"}"), (answer.Value, answer.Query));
        var request = Assert.Single(server.Requests);
        Assert.Equal(("tenant", "Basic dXNlcjpwYXNz"), (request.Headers["X-Scope"], request.Headers["Authorization"]));
    }

    [Fact]
    public async Task CTL_34_Template_that_cannot_be_used_says_why_in_Flaggers_words()
    {
        await using var metrics = new MetricsHarness();
        var secret = new NamespacedName("shop", "login");
        var usable = Template(new Uri("http://127.0.0.1:1"));

        await ExpectAsync(null, "Metric template error-rate.shop error: metrictemplates.flagger.app \"error-rate\" not found");
        await ExpectAsync(usable with { Secret = secret }, "Metric template error-rate.shop secret login error: secrets \"login\" not found");
        metrics.Secrets[secret] = Values(("username", "user"));
        await ExpectAsync(usable with { Secret = secret }, "Metric template error-rate.shop provider prometheus error: the Secret login has");
        await ExpectAsync(usable with { Address = null }, "Metric template error-rate.shop provider prometheus error: it has no address");
        await ExpectAsync(usable with { Query = "{{ x }}" }, "Metric template error-rate.shop query render error: '{{ x }}' is not known");

        async Task ExpectAsync(MetricTemplateSpec? template, string expected)
        {
            metrics.Templates.Clear();
            if (template is not null)
            {
                metrics.Templates[Name] = template;
            }

            var answer = await metrics.AskAsync(TestCanary.Ask(TestCanary.Template()));
            Assert.Equal(InconclusiveKind.BadQuery, answer.Missing);
            Assert.StartsWith(expected, answer.Error, StringComparison.Ordinal);
            Assert.StartsWith(
                expected,
                MetricJudge.Judge(TestCanary.Template(), answer, TestCanary.Spec(), metrics.Time.GetUtcNow()).Message,
                StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task CTL_33_CTL_34_Probe_asks_each_provider_once_and_names_the_one_that_does_not_answer()
    {
        await using var up = await StubServer.StartAsync(Vector("1"));
        await using var down = await StubServer.StartAsync("no", 502, "Bad Gateway");
        await using var metrics = Harness(up.Address);
        metrics.Templates[Name] = Template(down.Address);

        Assert.Empty(await metrics.ProbeAsync(TestCanary.SuccessRate(), TestCanary.Duration(), TestCanary.Query("up")));
        Assert.Equal("vector(1)", Assert.Single(up.Requests).Query);
        Assert.Equal(
            "prometheus in metric template error-rate.shop not avaiable: running query failed: error response: "
                + "Status 502 Bad Gateway: no",
            await metrics.ProbeAsync(TestCanary.SuccessRate(), TestCanary.Template()));
    }

    [Fact]
    public async Task CTL_33_Probe_of_a_built_in_check_names_Prometheus()
    {
        await using var down = await StubServer.StartAsync("no", 500, "Internal Server Error");
        await using var metrics = Harness(down.Address);

        Assert.StartsWith(
            "prometheus not avaiable: running query failed: error response: Status 500",
            await metrics.ProbeAsync(TestCanary.SuccessRate()), StringComparison.Ordinal);
    }

    private static MetricsHarness Harness(Uri server) =>
        new(new MetricsOptions { Provider = MetricProviderType.Prometheus, Server = server });

    private static MetricTemplateSpec Template(Uri address) => new()
    {
        Key = Name,
        Provider = MetricProviderType.Prometheus,
        Address = address,
        Query = "up{ns=\"{{ namespace }}\"}",
    };

    private static ImmutableDictionary<string, string> Values(params (string Key, string Value)[] values) =>
        values.ToImmutableDictionary(value => value.Key, value => value.Value);

    private static string Vector(string value) =>
        $$$"""{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"{{{value}}}"]}]}}""";
}
