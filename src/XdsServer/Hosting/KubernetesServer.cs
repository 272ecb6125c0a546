using XdsCanary.CanaryEngine.Kubernetes;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Leadership;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Peers;

namespace XdsCanary.XdsServer.Hosting;

/// <summary>A server whose objects come from a Kubernetes cluster. All replicas serve Envoys; one looks after canaries.</summary>
internal static class KubernetesServer
{
    /// <summary>Builds the server.</summary>
    /// <param name="options">The settings, already validated.</param>
    /// <param name="addLogging">Registers the log.</param>
    /// <exception cref="KubeException">There is no usable kubeconfig.</exception>
    public static ServerHost Build(ServerOptions options, Action<ILoggingBuilder> addLogging)
    {
        var connection = KubeConnection.Open(options.Kubeconfig, options.KubeContext, TimeProvider.System);
        return ServerHost.Build(options, services => AddCluster(services, options, connection), addLogging);
    }

    private static void AddCluster(IServiceCollection services, ServerOptions options, KubeConnection connection)
    {
        services.AddSingleton(TimeProvider.System);
        services.AddSingleton(_ => connection);
        services.AddSingleton(_ => connection.Client);
        services.AddSingleton(new LeaseOptions
        {
            Name = new NamespacedName(LeaseNamespace(options, connection), options.LeaseName),
            Identity = $"{Environment.MachineName}_{Guid.NewGuid():N}",
        });
        services.AddSingleton<LeaseGate>();
        services.AddSingleton<ILeadership>(provider => provider.GetRequiredService<LeaseGate>());
        services.AddHostedService(provider => provider.GetRequiredService<LeaseGate>());
        services.AddPeers(options);
        services.AddClusterCanaries(options.ToCanaries(), options.Namespace);
    }

    private static string LeaseNamespace(ServerOptions options, KubeConnection connection) =>
        options.LeaseNamespace.Length > 0 ? options.LeaseNamespace
        : connection.Namespace.Length > 0 ? connection.Namespace
        : options.DefaultNamespace;
}
