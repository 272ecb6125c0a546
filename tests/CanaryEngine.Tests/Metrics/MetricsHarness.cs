using System.Collections.Immutable;
using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Metrics;
using XdsCanary.CanaryEngine.Metrics.EnvoyStats;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Metrics;

/// <summary>The metrics as the server wires them, with objects and proxies of the test and a clock that stands still.</summary>
internal sealed class MetricsHarness : IMetricTemplates, ISecrets, IProxyStats, IAsyncDisposable
{
    private readonly ServiceProvider _services;

    public MetricsHarness(MetricsOptions? options = null)
    {
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<TimeProvider>(Time);
        services.AddSingleton<IMetricTemplates>(this);
        services.AddSingleton<ISecrets>(this);
        services.AddSingleton<IProxyStats>(this);
        services.AddCanaryMetrics(options ?? new MetricsOptions());
        _services = services.BuildServiceProvider();
    }

    public FakeTimeProvider Time { get; } = new();

    public Dictionary<NamespacedName, MetricTemplateSpec> Templates { get; } = [];

    public Dictionary<NamespacedName, ImmutableDictionary<string, string>> Secrets { get; } = [];

    public ImmutableArray<Uri> Endpoints { get; set; } = [];

    /// <summary>The proxies' own namespaces, as far as they are known.</summary>
    public Dictionary<Uri, string> Namespaces { get; } = [];

    public IMetricsProvider Provider => _services.GetRequiredService<IMetricsProvider>();

    public ProxyScraper Scraper => _services.GetRequiredService<ProxyScraper>();

    public StatsInterest Interest => _services.GetRequiredService<StatsInterest>();

    public async Task<MetricAnswer> AskAsync(AskMetric question, CanarySpec? spec = null) =>
        await Provider.QueryAsync(spec ?? TestCanary.Spec(question.Check), question, TestContext.Current.CancellationToken);

    /// <summary>What the sampler does each second.</summary>
    public Task SampleAsync(int seconds)
    {
        Time.Advance(TimeSpan.FromSeconds(seconds));
        return Scraper.ScrapeAsync(TestContext.Current.CancellationToken);
    }

    public async Task<string> ProbeAsync(params MetricCheck[] checks) =>
        (await Provider.ProbeAsync(TestCanary.Spec(checks), TestContext.Current.CancellationToken)).Error;

    MetricTemplateSpec? IMetricTemplates.Find(NamespacedName name) => Templates.GetValueOrDefault(name);

    ImmutableDictionary<string, string>? ISecrets.Find(NamespacedName name) => Secrets.GetValueOrDefault(name);

    public ValueTask<ImmutableArray<ProxyEndpoint>> FindAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<ImmutableArray<ProxyEndpoint>>(
            [.. Endpoints.Select(endpoint => new ProxyEndpoint(endpoint, Namespaces.GetValueOrDefault(endpoint)))]);

    public ValueTask DisposeAsync() => _services.DisposeAsync();
}

/// <summary>The admin interface of a proxy whose counters the test sets.</summary>
internal sealed class StubProxy : IAsyncDisposable
{
    private readonly Lock _gate = new();
    private readonly SortedDictionary<(string Cluster, int Code), double> _codes = [];
    private readonly SortedDictionary<(string Cluster, double Bound), double> _buckets = [];
    private StubServer _server = null!;

    public Uri Address => _server.Address;

    public IReadOnlyCollection<StubRequest> Requests => _server.Requests;

    public static async Task<StubProxy> StartAsync()
    {
        var proxy = new StubProxy();
        proxy._server = await StubServer.StartAsync(context => context.Response.WriteAsync(proxy.Write()));
        return proxy;
    }

    /// <summary>Counts requests.</summary>
    public void Serve(string cluster, int code, int requests, double milliseconds = 1)
    {
        double[] bounds = [0.5, 1, 5, 10, 25, 50, 100, 250, 500, 1000, double.PositiveInfinity];
        lock (_gate)
        {
            _codes[(cluster, code)] = _codes.GetValueOrDefault((cluster, code)) + requests;
            foreach (var bound in bounds)
            {
                _buckets[(cluster, bound)] =
                    _buckets.GetValueOrDefault((cluster, bound)) + (milliseconds <= bound ? requests : 0);
            }
        }
    }

    /// <summary>Starts anew: all counters are gone.</summary>
    public void Restart()
    {
        lock (_gate)
        {
            _codes.Clear();
            _buckets.Clear();
        }
    }

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private string Write()
    {
        lock (_gate)
        {
            var codes = _codes.Select(pair =>
                $"envoy_cluster_upstream_rq{{envoy_response_code=\"{pair.Key.Code}\",envoy_cluster_name=\"{pair.Key.Cluster}\"}} {Text(pair.Value)}\n");
            var buckets = _buckets.Select(pair =>
                $"envoy_cluster_upstream_rq_time_bucket{{envoy_cluster_name=\"{pair.Key.Cluster}\",le=\"{Text(pair.Key.Bound)}\"}} {Text(pair.Value)}\n");
            return string.Concat([.. codes, .. buckets]);
        }
    }

    private static string Text(double value) =>
        double.IsPositiveInfinity(value) ? "+Inf" : value.ToString(CultureInfo.InvariantCulture);
}
