using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Metrics;

/// <summary>Under which names the canary <c>front-canary.shop</c> is looked for, where <c>staging</c> has one of the same name.</summary>
public sealed class EnvoyNamesTests
{
    private const string Bare = "front-canary";
    private const string Full = "shop_front-canary";

    [Theory]
    [InlineData(200, 500, 100)]
    [InlineData(500, 200, 0)]
    public async Task Namesake_in_another_namespace_counts_neither_for_nor_against_the_canary(int ours, int theirs, double expected)
    {
        await using var near = await StubProxy.StartAsync();
        await using var far = await StubProxy.StartAsync();
        await using var metrics = Metrics(near, "shop", far, "staging");
        await BeginAsync(metrics);
        near.Serve(Bare, ours, 30);
        near.Serve("staging_front-canary", theirs, 1000);
        far.Serve(Bare, theirs, 1000);
        far.Serve(Full, ours, 10);

        var answer = await LaterAsync(metrics);

        Assert.Equal((expected, 40.0), (answer.Value, answer.Samples));
    }

    [Theory]
    [InlineData("shop", "front-canary")]
    [InlineData("staging", "shop_front-canary")]
    [InlineData("", "shop_front-canary")]
    public async Task Proxy_whose_namespace_is_known_is_asked_for_one_name(string ns, string expected)
    {
        await using var proxy = await StubProxy.StartAsync();
        await using var metrics = Metrics(proxy, ns);
        await metrics.SampleAsync(1);

        await metrics.AskAsync(TestCanary.Ask(TestCanary.SuccessRate()));

        Assert.Equal($@"^cluster\.({expected})\.upstream_rq_([1-5][0-9][0-9]|time)$", Assert.Single(proxy.Requests).Filter);
    }

    // A replica of an older build does not tell the namespaces of its proxies; the next one that they are connected to does.
    [Theory]
    [InlineData(null, "staging", 10)]
    [InlineData("staging", null, 10)]
    [InlineData("shop", "staging", 10)]
    [InlineData("staging", "shop", 0)]
    public async Task Namespace_that_changes_makes_no_traffic_of_what_was_counted_before(string? before, string? after, int expected)
    {
        await using var proxy = await StubProxy.StartAsync();
        await using var metrics = Metrics(proxy, before);
        proxy.Serve(Bare, 500, 5000);
        proxy.Serve(Full, 200, 300);
        await BeginAsync(metrics);
        Know(metrics, proxy, after);
        await metrics.SampleAsync(1);
        proxy.Serve(Full, 200, 10);

        Assert.Equal(expected, (await LaterAsync(metrics)).Samples);
    }

    [Fact]
    public void Proxy_named_twice_is_read_once_by_what_is_known_of_it()
    {
        ProxyEndpoint Proxy(int number, string? ns) => new(new Uri($"http://10.0.0.{number}:9901"), ns);

        Assert.Equal(
            [Proxy(1, "shop"), Proxy(2, null), Proxy(3, "shop"), Proxy(4, null)],
            ProxyEndpoint.Once(
            [
                Proxy(4, null), Proxy(3, "shop"), Proxy(3, "shop"), Proxy(2, "shop"), Proxy(2, "staging"), Proxy(1, null), Proxy(1, "shop"),
            ]));
    }

    private static MetricsHarness Metrics(StubProxy proxy, string? ns)
    {
        var metrics = new MetricsHarness { Endpoints = [proxy.Address] };
        Know(metrics, proxy, ns);
        return metrics;
    }

    private static MetricsHarness Metrics(StubProxy first, string firstNamespace, StubProxy second, string secondNamespace)
    {
        var metrics = new MetricsHarness { Endpoints = [first.Address, second.Address] };
        Know(metrics, first, firstNamespace);
        Know(metrics, second, secondNamespace);
        return metrics;
    }

    private static void Know(MetricsHarness metrics, StubProxy proxy, string? ns)
    {
        metrics.Namespaces.Remove(proxy.Address);
        if (ns is not null)
        {
            metrics.Namespaces[proxy.Address] = ns;
        }
    }

    private static Task BeginAsync(MetricsHarness metrics)
    {
        metrics.Interest.Note(new NamespacedName("shop", Bare), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(2));
        return metrics.SampleAsync(1);
    }

    private static Task<MetricAnswer> LaterAsync(MetricsHarness metrics)
    {
        metrics.Time.Advance(TimeSpan.FromSeconds(10));
        return metrics.AskAsync(TestCanary.Ask(TestCanary.SuccessRate()));
    }
}
