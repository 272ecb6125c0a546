using System.Collections.Immutable;
using System.Net;
using Envoy.Service.Discovery.V3;
using Grpc.Net.Client;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using XdsCanary.DemoProxy.Admin;
using XdsCanary.DemoProxy.Observability;
using XdsCanary.DemoProxy.Serving;
using XdsCanary.DemoProxy.Stats;
using XdsCanary.DemoProxy.Xds;
using Yarp.ReverseProxy.Forwarder;

namespace XdsCanary.DemoProxy;

/// <summary>
/// A small stand-in for Envoy inside the process: an xDS client in front of a reverse proxy, with Envoy's names for statistics
/// and admin pages. Meant for demonstrations and tests, not for production traffic. Thread-safe.
/// </summary>
public sealed class EmbeddedDataPlane : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly GrpcChannel _channel;
    private readonly ServiceProvider _services;
    private readonly UpstreamClients _clients = new();
    private readonly XdsClient _client;
    private readonly ListenerLoop _listeners;
    private readonly AdminPages _pages;
    private readonly ILogger _logger;
    private HttpPort? _admin;
    private Task _loops = Task.CompletedTask;

    private EmbeddedDataPlane(EmbeddedDataPlaneOptions options, ILoggerFactory loggers, TimeProvider time, Random random)
    {
        _logger = loggers.CreateLogger<EmbeddedDataPlane>();
        _channel = GrpcChannel.ForAddress(options.XdsAddress, new GrpcChannelOptions
        {
            LoggerFactory = loggers,
            // As Envoy's own client: a response may be as large as it is.
            MaxReceiveMessageSize = null,
        });
        _services = new ServiceCollection().AddLogging().AddSingleton(loggers).AddSingleton(time).AddHttpForwarder()
            .BuildServiceProvider();
        var stats = new ProxyStats();
        var config = new ConfigHolder(stats);
        var shared = new SharedRandom(random);
        var forwarder = new UpstreamForwarder(_services.GetRequiredService<IHttpForwarder>(), _clients, stats, time);
        var mirror = new MirrorSender(_clients, stats, time);
        _listeners = new ListenerLoop(config, new RequestHandler(config, forwarder, mirror, stats, shared), loggers, time);
        _client = new XdsClient(
            options, new AggregatedDiscoveryService.AggregatedDiscoveryServiceClient(_channel), config, stats, shared,
            loggers.CreateLogger<XdsClient>(), time);
        _pages = new AdminPages(_client, config, _listeners, stats);
    }

    /// <summary>The address of the admin interface.</summary>
    public Uri AdminAddress => new($"http://{_admin!.Address}");

    /// <summary>Where the listeners serve, by name; empty until the control plane has sent one with its routes.</summary>
    public IReadOnlyDictionary<string, IPEndPoint> ListenerAddresses => _listeners.Addresses;

    /// <summary>The versions of all resources held, by type URL and name.</summary>
    public ImmutableDictionary<string, ImmutableDictionary<string, string>> HeldVersions => _client.State.HeldVersions();

    /// <summary>
    /// Starts a data plane: returns once its admin interface answers. It connects to the control plane on its own, for as long
    /// as it takes, and serves what it holds while there is no connection.
    /// </summary>
    /// <param name="options">Where the control plane is, and who this node is.</param>
    /// <param name="loggers">Makes its loggers.</param>
    /// <param name="time">The clock.</param>
    /// <param name="random">Chooses between weighted clusters and spreads reconnections; no one else may use it.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="IOException">The admin port is in use.</exception>
    public static async Task<EmbeddedDataPlane> StartAsync(
        EmbeddedDataPlaneOptions options, ILoggerFactory loggers, TimeProvider time, Random random,
        CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(loggers);
        ArgumentNullException.ThrowIfNull(time);
        ArgumentNullException.ThrowIfNull(random);
        var plane = new EmbeddedDataPlane(options, loggers, time, random);
        try
        {
            plane._admin = await HttpPort.StartAsync(
                new IPEndPoint(IPAddress.Loopback, options.AdminPort), plane._pages.HandleAsync, loggers, time,
                cancellationToken);
            plane._loops = Task.WhenAll(plane.GuardAsync(plane._client.RunAsync), plane.GuardAsync(plane._listeners.RunAsync));
            return plane;
        }
        catch
        {
            await plane.DisposeAsync();
            throw;
        }
    }

    /// <summary>Closes the stream and all ports.</summary>
    public async ValueTask DisposeAsync()
    {
        if (_stop.IsCancellationRequested)
        {
            return;
        }

        await _stop.CancelAsync();
        await _loops;
        if (_admin is { } admin)
        {
            await admin.DisposeAsync();
        }

        _clients.Dispose();
        _channel.Dispose();
        await _services.DisposeAsync();
        _stop.Dispose();
    }

    private async Task GuardAsync(Func<CancellationToken, Task> loop)
    {
        try
        {
            await loop(_stop.Token);
        }
        catch (Exception) when (_stop.IsCancellationRequested)
        {
            // What a cancelled call throws depends on where it was; the end was asked for in any case.
        }
        catch (Exception exception)
        {
            _logger.LoopFailed(exception);
        }
    }
}
