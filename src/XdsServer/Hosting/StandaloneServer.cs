using XdsCanary.CanaryEngine;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.KubeRuntime.Standalone;

namespace XdsCanary.XdsServer.Hosting;

/// <summary>A server whose objects come from a directory of manifests.</summary>
internal static class StandaloneServer
{
    /// <summary>Builds the server.</summary>
    /// <param name="options">The settings, already validated.</param>
    /// <param name="addLogging">Registers the log.</param>
    public static ServerHost Build(ServerOptions options, Action<ILoggingBuilder> addLogging) =>
        ServerHost.Build(options, services => AddManifests(services, options), addLogging);

    private static void AddManifests(IServiceCollection services, ServerOptions options)
    {
        services.AddSingleton(new ManifestDirectoryOptions
        {
            Directory = options.Manifests,
            DefaultNamespace = options.DefaultNamespace,
            UsePolling = options.Polling,
            PollInterval = options.PollInterval,
        });
        services.AddSingleton<ManifestDirectorySource>();
        services.AddKeyedSingleton<IObjectSource>(
            CanaryEngineOptions.ManifestsKey, (provider, _) => provider.GetRequiredService<ManifestDirectorySource>());
        services.AddHostedService(provider => provider.GetRequiredService<ManifestDirectorySource>());
        services.AddStandaloneCanaries(options.ToCanaries());
    }
}
