using Grpc.AspNetCore.Server.Model;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Prometheus;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.XdsServer.Admin;
using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Observability;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Hosting;

/// <summary>What both kinds of server have, in the order of the way from an object to the wire.</summary>
internal static class ServiceRegistration
{
    /// <summary>Registers the server.</summary>
    /// <param name="services">The container.</param>
    /// <param name="options">The settings, already validated.</param>
    public static void AddXdsServer(this IServiceCollection services, ServerOptions options)
    {
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton(options);
        services.AddSingleton(Metrics.NewCustomRegistry());
        services.AddSingleton<XdsMetrics>();
        AddIngest(services, options);
        AddStreams(services, options);
        AddAdmin(services);
    }

    private static void AddIngest(IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(new RebuildOptions(options.ToMesh(), options.HoldOff, options.MaxHoldOff));
        services.AddSingleton<MeshReports>();
        services.AddSingleton<IPublishedObjects, PublishedObjects>();
        services.AddSingleton<ISplitVerdicts, SplitVerdicts>();
        services.AddHostedService<MeshStateLoop>();
    }

    private static void AddStreams(IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(provider => ActivatorUtilities.CreateInstance<SnapshotPublisher>(
            provider, options.ToResources(), NodeGroup.Create(options.DefaultNamespace, [])));
        services.AddSingleton(new StreamOptions
        {
            DefaultNamespace = options.DefaultNamespace,
            WriteTimeout = options.WriteTimeout,
            DrainWindow = options.DrainWindow,
            Identifier = options.Identifier,
            Protocol = new ProtocolSettings
            {
                AckTimeout = options.AckTimeout,
                RemovalTimeout = options.RemovalTimeout,
                LegacyWildcard = options.LegacyWildcard,
                NoLegacyWildcard = [.. options.NoLegacyWildcard.Split(
                    ',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)],
            },
        });
        services.AddSingleton<StreamRegistry>();
        services.AddSingleton<NameSetPool>();
        services.AddSingleton<NameListCache>();
        services.AddSingleton<StreamServices>();
        services.AddSingleton<ConvergenceTracker>();
        services.TryAddSingleton<IConvergenceProbe>(provider => provider.GetRequiredService<ConvergenceTracker>());
        services.AddSingleton(provider => new ConnectedProxyStats(
            provider.GetRequiredService<StreamRegistry>(), options.EnvoyAdminAddresses()));
        services.TryAddSingleton<IProxyStats>(provider => provider.GetRequiredService<ConnectedProxyStats>());
        services.AddSingleton<AggregatedDiscoveryService>();
        services.TryAddEnumerable(
            ServiceDescriptor.Singleton<IServiceMethodProvider<AggregatedDiscoveryService>, AdsMethodProvider>());
        services.AddGrpc(grpc =>
        {
            grpc.MaxReceiveMessageSize = options.MaxRequestBytes;
            grpc.EnableDetailedErrors = false;
        });
    }

    private static void AddAdmin(IServiceCollection services)
    {
        services.AddSingleton<ResourceJson>();
        services.AddSingleton<DebugViews>();
        services.AddGrpcHealthChecks().AddCheck<SnapshotReadyCheck>("snapshot");
        services.ConfigureHttpJsonOptions(json => json.SerializerOptions.TypeInfoResolverChain.Insert(0, DebugJson.Default));
    }
}
