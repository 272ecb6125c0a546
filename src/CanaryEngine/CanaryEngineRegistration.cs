using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Alerting;
using XdsCanary.CanaryEngine.Metrics;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Reconcile;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.CanaryEngine.Standalone;
using XdsCanary.CanaryEngine.Webhooks;
using XdsCanary.KubeRuntime.Leadership;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine;

/// <summary>Registers the canary engine.</summary>
public static class CanaryEngineRegistration
{
    /// <summary>
    /// Registers the engine for a directory of manifests. The container must have an <see cref="IObjectSource"/> of them under
    /// <see cref="CanaryEngineOptions.ManifestsKey"/>, an <see cref="IConvergenceProbe"/>, an <see cref="IProxyStats"/>, an
    /// <see cref="IPublishedObjects"/>, a registry of metrics, a <see cref="TimeProvider"/> and logging. It provides the
    /// <see cref="IObjectSource"/> of manifests and canaries together. Hosted services start in the order of registration: this
    /// one comes after the manifests and before whoever reads the objects.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="options">The settings.</param>
    public static IServiceCollection AddStandaloneCanaries(this IServiceCollection services, CanaryEngineOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        services.AddSingleton(provider => new LayeredObjectSource(
            provider.GetRequiredKeyedService<IObjectSource>(CanaryEngineOptions.ManifestsKey)));
        services.AddSingleton<IObjectSource>(provider => provider.GetRequiredService<LayeredObjectSource>());
        services.AddSingleton(provider => new StateDirectory(
            options.StateDirectory, provider.GetRequiredService<ILogger<StateDirectory>>()));
        services.AddSingleton<StatePublisher>();
        services.AddSingleton<StandaloneWorld>();
        services.AddSingleton<IWorkloads>(provider => provider.GetRequiredService<StandaloneWorld>());
        services.AddSingleton<ITrafficRouter>(provider => provider.GetRequiredService<StandaloneWorld>());
        services.AddSingleton<ICanaryStore>(provider => provider.GetRequiredService<StandaloneWorld>());
        services.AddSingleton<ICanaryEventLog>(provider => provider.GetRequiredService<StandaloneWorld>());
        services.AddSingleton(provider => new StandaloneCatalog(
            provider.GetRequiredKeyedService<IObjectSource>(CanaryEngineOptions.ManifestsKey),
            provider.GetRequiredService<StandaloneWorld>(),
            provider.GetRequiredService<LayeredObjectSource>(),
            provider.GetRequiredService<CanaryMetrics>(),
            new MapperOptions { Standalone = true },
            provider.GetRequiredService<ILogger<StandaloneCatalog>>()));
        services.AddSingleton<ICanaryCatalog>(provider => provider.GetRequiredService<StandaloneCatalog>());
        services.AddSingleton<IMetricTemplates>(provider => provider.GetRequiredService<StandaloneCatalog>());
        services.AddSingleton<IAlertProviders>(provider => provider.GetRequiredService<StandaloneCatalog>());
        services.AddSingleton<ISecrets>(provider => provider.GetRequiredService<StandaloneCatalog>());
        services.AddHostedService(provider => provider.GetRequiredService<StandaloneCatalog>());
        services.AddSingleton<ILeadership, SoleLeadership>();
        services.AddSingleton<ITermPreparation, NoPreparation>();
        services.AddEngine(options);
        return services;
    }

    /// <summary>Registers what is the same wherever the objects come from.</summary>
    /// <param name="services">The container.</param>
    /// <param name="options">The settings.</param>
    internal static void AddEngine(this IServiceCollection services, CanaryEngineOptions options)
    {
        services.AddSingleton(provider => new CanaryMetrics(
            provider.GetRequiredService<Prometheus.CollectorRegistry>(), options.Version));
        services.AddSingleton(options.Alerts);
        services.AddSingleton(options.Events);
        services.TryAddSingleton<IWebhookClient, WebhookClient>();
        services.AddSingleton<IAlertSink, AlertDispatcher>();
        services.AddSingleton<EventWebhooks>();
        services.AddSingleton<FactGatherer>();
        services.AddSingleton<EffectRunner>();
        services.AddSingleton<NoticeRunner>();
        services.AddSingleton<CanaryReconciler>();
        services.AddSingleton<CanaryController>();
        services.AddHostedService<LeaderLoop>();
        services.AddSingleton<ICanaryOffice, CanaryOffice>();
        services.AddCanaryMetrics(options.Metrics);
    }
}
