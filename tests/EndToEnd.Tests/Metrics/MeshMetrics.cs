using System.Collections.Immutable;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Metrics;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.EndToEnd.Tests.Metrics;

/// <summary>The engine's metrics as the server wires them, with the sampler running, for the canary <c>web</c>.</summary>
internal sealed class MeshMetrics : IMetricTemplates, ISecrets, IProxyStats, IAsyncDisposable
{
    private readonly ServiceProvider _services;

    private MeshMetrics(MetricsOptions options, ImmutableArray<Uri> endpoints)
    {
        Endpoints = endpoints;
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton<IMetricTemplates>(this);
        services.AddSingleton<ISecrets>(this);
        services.AddSingleton<IProxyStats>(this);
        services.AddCanaryMetrics(options);
        _services = services.BuildServiceProvider();
    }

    public static MetricCheck SuccessRate { get; } = Check(MetricCheck.SuccessRateName, MetricSource.SuccessRate);

    public static MetricCheck Duration { get; } = Check(MetricCheck.DurationName, MetricSource.Duration);

    public static CanarySpec Spec { get; } = new()
    {
        Key = new NamespacedName("default", "web"),
        Target = new CanaryTarget(TargetKind.Service, "web"),
        Service = new CanaryService { Name = "web" },
        Analysis = new AnalysisSpec
        {
            Strategy = CanaryStrategy.Canary,
            Interval = TimeSpan.FromMinutes(1),
            Threshold = 1,
            Inconclusive = new InconclusiveLimits(1, 1, 1),
            Metrics = [SuccessRate, Duration],
        },
    };

    public ImmutableArray<Uri> Endpoints { get; }

    public IMetricsProvider Provider => _services.GetRequiredService<IMetricsProvider>();

    public static async Task<MeshMetrics> StartAsync(MetricsOptions options, params Uri[] endpoints)
    {
        var metrics = new MeshMetrics(options, [.. endpoints]);
        foreach (var service in metrics._services.GetServices<IHostedService>())
        {
            await service.StartAsync(TestContext.Current.CancellationToken);
        }

        return metrics;
    }

    public async Task<MetricAnswer> AskAsync(MetricCheck check, bool forAbort = false) => await Provider.QueryAsync(
        Spec, new AskMetric(check, check.Interval, forAbort), TestContext.Current.CancellationToken);

    public ValueTask<ImmutableArray<ProxyEndpoint>> FindAsync(CancellationToken cancellationToken) =>
        ValueTask.FromResult<ImmutableArray<ProxyEndpoint>>([.. Endpoints.Select(endpoint => new ProxyEndpoint(endpoint, null))]);

    public MetricTemplateSpec? Find(NamespacedName name) => null;

    ImmutableDictionary<string, string>? ISecrets.Find(NamespacedName name) => null;

    public async ValueTask DisposeAsync()
    {
        foreach (var service in _services.GetServices<IHostedService>())
        {
            await service.StopAsync(CancellationToken.None);
        }

        await _services.DisposeAsync();
    }

    private static MetricCheck Check(string name, MetricSource source) => new()
    {
        Name = name,
        Source = source,
        Range = new MetricRange(0, null),
    };
}
