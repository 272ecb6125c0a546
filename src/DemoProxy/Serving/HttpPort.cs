using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace XdsCanary.DemoProxy.Serving;

/// <summary>
/// A web server on one address, without a host around it: listeners come and go while the process runs, and a host would
/// bring its own configuration and signal handling each time.
/// </summary>
internal sealed class HttpPort : IAsyncDisposable
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(2);

    private readonly KestrelServer _server;
    private readonly TimeProvider _time;

    private HttpPort(KestrelServer server, IPEndPoint address, TimeProvider time)
    {
        _server = server;
        _time = time;
        Address = address;
    }

    /// <summary>Where it listens; never port 0.</summary>
    public IPEndPoint Address { get; }

    /// <summary>Starts a server for HTTP/1.1 and, without TLS, HTTP/2.</summary>
    /// <param name="address">Where to listen; port 0 for a free one.</param>
    /// <param name="handler">Handles a request.</param>
    /// <param name="loggers">Makes the server's loggers.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    /// <exception cref="IOException">The address is in use or is not one of this machine's.</exception>
    public static async Task<HttpPort> StartAsync(
        IPEndPoint address, RequestDelegate handler, ILoggerFactory loggers, TimeProvider time,
        CancellationToken cancellationToken)
    {
        var options = new KestrelServerOptions { AddServerHeader = false };
        options.Limits.MaxRequestBodySize = null;
        options.Limits.MinRequestBodyDataRate = null;
        PriorKnowledge.Listen(options, address);
        var sockets = new SocketTransportFactory(Options.Create(new SocketTransportOptions()), loggers);
        var server = new KestrelServer(Options.Create(options), new PortlessTransport(sockets), loggers);
        try
        {
            await server.StartAsync(new Application(handler), cancellationToken);
            return new HttpPort(server, BoundAddress(server, address), time);
        }
        catch
        {
            server.Dispose();
            throw;
        }
    }

    /// <summary>Stops listening, gives requests a moment to end, and closes what is left.</summary>
    public async ValueTask DisposeAsync()
    {
        using var limit = new CancellationTokenSource(StopLimit, _time);
        await _server.StopAsync(limit.Token);
        _server.Dispose();
    }

    private static IPEndPoint BoundAddress(KestrelServer server, IPEndPoint address)
    {
        // The addresses stand in the order in which they were added; the public one is first.
        var bound = server.Features.GetRequiredFeature<IServerAddressesFeature>().Addresses.First();
        return new IPEndPoint(address.Address, new Uri(bound).Port);
    }

    private sealed class Application(RequestDelegate handler) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => handler(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
