using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace XdsCanary.XdsServer.Hosting;

/// <summary>The two listeners: cleartext cannot negotiate a protocol, so HTTP/2 for Envoys and HTTP/1.1 for people need one each.</summary>
internal static class KestrelSetup
{
    private static readonly TimeSpan PingDelay = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan PingTimeout = TimeSpan.FromSeconds(10);

    /// <summary>Envoys send little but acknowledgements: small receive windows save memory for each connection.</summary>
    private const int ReceiveWindowBytes = 128 * 1024;

    /// <summary>Configures the listeners and the limits of HTTP/2.</summary>
    /// <param name="kestrel">The web server.</param>
    /// <param name="options">The settings.</param>
    public static void Configure(KestrelServerOptions kestrel, ServerOptions options)
    {
        kestrel.AddServerHeader = false;
        var http2 = kestrel.Limits.Http2;
        http2.MaxStreamsPerConnection = options.MaxStreamsPerConnection;
        http2.KeepAlivePingDelay = PingDelay;
        http2.KeepAlivePingTimeout = PingTimeout;
        http2.InitialConnectionWindowSize = ReceiveWindowBytes;
        http2.InitialStreamWindowSize = ReceiveWindowBytes;
        // A stream that stalls is ended by our own write timeout; this one would count flow control as slowness.
        kestrel.Limits.MinResponseDataRate = null;
        kestrel.Listen(IPAddress.Parse(options.XdsAddress), options.XdsPort, listen =>
        {
            listen.Protocols = HttpProtocols.Http2;
            listen.Mark(ListenerRole.Xds);
        });
        kestrel.Listen(IPAddress.Parse(options.AdminAddress), options.AdminPort, listen =>
        {
            listen.Protocols = HttpProtocols.Http1;
            listen.Mark(ListenerRole.Admin);
        });
    }
}
