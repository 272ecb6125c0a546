using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Admin;
using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Observability;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Hosting;

/// <summary>A server that runs in this process: made by <c>serve</c>, by the demo and by tests.</summary>
internal sealed class ServerHost : IAsyncDisposable
{
    private readonly WebApplication _app;

    private ServerHost(WebApplication app)
    {
        _app = app;
    }

    /// <summary>The server's services.</summary>
    public IServiceProvider Services => _app.Services;

    /// <summary>Where Envoys connect; known once the server has started.</summary>
    public Uri XdsAddress => Address(0);

    /// <summary>Where people and probes connect; known once the server has started.</summary>
    public Uri AdminAddress => Address(1);

    /// <summary>Builds a server.</summary>
    /// <param name="options">The settings, already validated.</param>
    /// <param name="addSource">
    /// Registers the <see cref="IObjectSource"/> and what runs it. Registered first, so that it is started first.
    /// </param>
    /// <param name="addLogging">Registers the log.</param>
    public static ServerHost Build(
        ServerOptions options, Action<IServiceCollection> addSource, Action<ILoggingBuilder> addLogging)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "xds-canary" });
        builder.Services.AddLogging(addLogging);
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel => KestrelSetup.Configure(kestrel, options));
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = options.ShutdownTimeout);
        builder.Services.AddRoutingCore();
        addSource(builder.Services);
        builder.Services.AddXdsServer(options);
        var app = builder.Build();
        app.UseRouting();
        app.UseListenerRoles();
        app.MapGrpcService<AggregatedDiscoveryService>().OnlyOn(ListenerRole.Xds);
        app.MapGrpcHealthChecksService().OnlyOn(ListenerRole.Xds);
        app.MapAdmin();
        return new ServerHost(app);
    }

    /// <summary>Starts the server; returns when it accepts streams.</summary>
    /// <param name="cancellationToken">Gives up starting.</param>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        await _app.StartAsync(cancellationToken);
        var logger = Services.GetRequiredService<ILogger<ServerHost>>();
        var objects = Services.GetRequiredService<MeshReports>().Objects.Objects.Count;
        logger.Ready(objects, XdsAddress.ToString(), AdminAddress.ToString());
        var registry = Services.GetRequiredService<StreamRegistry>();
        _app.Lifetime.ApplicationStopping.Register(() => logger.Stopping(registry.Streams.Count));
    }

    /// <summary>Runs until the process is told to stop or the token is cancelled.</summary>
    /// <param name="cancellationToken">Stops the server.</param>
    public async Task WaitForShutdownAsync(CancellationToken cancellationToken) =>
        await _app.WaitForShutdownAsync(cancellationToken);

    /// <summary>Stops the server and frees its ports.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _app.DisposeAsync();
    }

    private Uri Address(int index)
    {
        var addresses = Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses;
        return new Uri(addresses.ElementAt(index).Replace("0.0.0.0", "127.0.0.1", StringComparison.Ordinal));
    }
}
