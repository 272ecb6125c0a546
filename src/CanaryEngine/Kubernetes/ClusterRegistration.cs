using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Reconcile;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Cluster;
using XdsCanary.KubeRuntime.Leadership;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>Registers the engine for a cluster.</summary>
public static class ClusterRegistration
{
    private const string Definitions = "definitions";
    private const string Workloads = "workloads";
    private const string Mesh = "mesh";

    /// <summary>
    /// Registers the engine and the sources of its objects. The container must have a <see cref="KubeClient"/>, an
    /// <see cref="ILeadership"/>, an <see cref="IConvergenceProbe"/>, an <see cref="IProxyStats"/>, an <see cref="IPublishedObjects"/>,
    /// a registry of metrics, a <see cref="TimeProvider"/> and logging. It provides the <see cref="IObjectSource"/> of what traffic is
    /// routed by. Hosted services start in the order of registration: this one comes before whoever reads the objects.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="options">The settings.</param>
    /// <param name="space">The namespace that is served; empty for all.</param>
    public static IServiceCollection AddClusterCanaries(
        this IServiceCollection services, CanaryEngineOptions options, string space)
    {
        ArgumentNullException.ThrowIfNull(options);
        AddSource(services, Definitions, seed => ClusterKinds.Definitions(space, seed));
        AddSource(services, Workloads, seed => ClusterKinds.Workloads(space, seed));
        AddSource(services, Mesh, seed => ClusterKinds.Mesh(space, seed));
        services.AddSingleton(provider => new LayeredObjectSource(provider.GetRequiredKeyedService<ClusterSource>(Mesh)));
        services.AddSingleton<IObjectSource>(provider => provider.GetRequiredService<LayeredObjectSource>());
        services.AddSingleton(provider => new ClusterObjects(
            provider.GetRequiredService<KubeClient>(),
            provider.GetRequiredService<ILeadership>(),
            provider.GetRequiredKeyedService<ClusterSource>(Definitions),
            provider.GetRequiredKeyedService<ClusterSource>(Workloads),
            provider.GetRequiredKeyedService<ClusterSource>(Mesh),
            provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton(options.Cluster);
        services.AddSingleton(new MapperOptions { NoCrossNamespaceReferences = options.Cluster.NoCrossNamespaceReferences });
        services.AddSingleton(provider => new EventRecorder(
            provider.GetRequiredService<ClusterObjects>(),
            options.Cluster.Instance,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<EventRecorder>>()));
        services.AddHostedService(provider => provider.GetRequiredService<EventRecorder>());
        AddWorld(services);
        AddCatalog(services);
        services.AddEngine(options);
        return services;
    }

    private static void AddWorld(IServiceCollection services)
    {
        services.AddSingleton<ObjectIndex>();
        services.AddSingleton<TargetViews>();
        services.AddSingleton<Snapshots>();
        services.AddSingleton<ServiceUpkeep>();
        services.AddSingleton<AutoscalerUpkeep>();
        services.AddSingleton<Adoption>();
        services.AddSingleton<StatusWrites>();
        services.AddSingleton<SpecConditions>();
        services.AddSingleton<ClusterMemory>();
        services.AddSingleton<ICanaryStore>(provider => provider.GetRequiredService<ClusterMemory>());
        services.AddSingleton<ICanaryEventLog>(provider => provider.GetRequiredService<ClusterMemory>());
        services.AddSingleton<WorkloadWorld>();
        services.AddSingleton<ServiceWorld>();
        services.AddSingleton<ClusterTargets>();
        services.AddSingleton<SplitRouter>();
        services.AddSingleton<ITrafficRouter>(provider => provider.GetRequiredService<SplitRouter>());
        services.TryAddSingleton<IPeerRoutes, NoPeerRoutes>();
        services.AddSingleton(provider => new ToldRoutes(
            provider.GetRequiredService<ClusterObjects>().Mesh,
            provider.GetRequiredService<LayeredObjectSource>(),
            provider.GetRequiredService<ILeadership>(),
            provider.GetRequiredService<ILogger<ToldRoutes>>()));
        services.AddSingleton<CanaryFinalizer>();
        services.AddSingleton<ClusterWorkloads>();
        services.AddSingleton<IWorkloads>(provider => provider.GetRequiredService<ClusterWorkloads>());
        services.AddSingleton<ITermPreparation, ClusterTerm>();
    }

    private static void AddCatalog(IServiceCollection services)
    {
        services.AddSingleton<ClusterCatalog>();
        services.AddSingleton<ICanaryCatalog>(provider => provider.GetRequiredService<ClusterCatalog>());
        services.AddSingleton<IMetricTemplates>(provider => provider.GetRequiredService<ClusterCatalog>());
        services.AddSingleton<IAlertProviders>(provider => provider.GetRequiredService<ClusterCatalog>());
        services.AddSingleton<ISecrets>(provider => provider.GetRequiredService<ClusterCatalog>());
        services.AddHostedService(provider => provider.GetRequiredService<ClusterCatalog>());
        services.AddHostedService<CatchUpLoop>();
        services.AddHostedService<UpkeepLoop>();
        services.AddHostedService<SplitStatusLoop>();
    }

    private static void AddSource(IServiceCollection services, string key, Func<int, ClusterSourceOptions> options)
    {
        var source = options(Environment.ProcessId);
        services.AddKeyedSingleton(key, (provider, _) => new ClusterSource(
            provider.GetRequiredService<KubeClient>(),
            source,
            provider.GetRequiredService<TimeProvider>(),
            provider.GetRequiredService<ILogger<ClusterSource>>()));

        // Not by AddHostedService, which takes one service of a type.
        services.AddSingleton<IHostedService>(provider => provider.GetRequiredKeyedService<ClusterSource>(key));
    }
}
