using Microsoft.Extensions.DependencyInjection;
using XdsCanary.CanaryEngine.Metrics.EnvoyStats;
using XdsCanary.CanaryEngine.Metrics.PromQl;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.CanaryEngine.Metrics;

/// <summary>Registers the metrics.</summary>
public static class MetricsRegistration
{
    /// <summary>
    /// Registers <see cref="IMetricsProvider"/> and what runs it. The container must have <see cref="IProxyStats"/>,
    /// <see cref="IMetricTemplates"/>, <see cref="ISecrets"/>, a <see cref="TimeProvider"/> and logging.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="options">The settings.</param>
    public static IServiceCollection AddCanaryMetrics(this IServiceCollection services, MetricsOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<PrometheusHttp>();
        services.AddSingleton(provider => new PrometheusClient(
            provider.GetRequiredService<PrometheusHttp>(), options.Timeout, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(provider => new EnvoyStatsReader(
            options.SampleTimeout, provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<StatsInterest>();
        services.AddSingleton<ProxySamples>();
        services.AddSingleton<ProxyScraper>();
        services.AddSingleton<EnvoyStatsProvider>();
        services.AddSingleton<MetricRouter>();
        services.AddSingleton<IMetricsProvider, MetricsProvider>();
        services.AddHostedService<EnvoyStatsSampler>();
        return services;
    }
}
