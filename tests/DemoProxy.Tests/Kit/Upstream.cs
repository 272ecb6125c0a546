using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using XdsCanary.DemoProxy.Serving;

namespace XdsCanary.DemoProxy.Tests.Kit;

/// <summary>A server behind the proxy that answers with its own name, and with what it saw.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    private readonly HttpPort _port;

    private Upstream(HttpPort port) => _port = port;

    public int Port => _port.Address.Port;

    public static async Task<Upstream> StartAsync(string name, CancellationToken cancellationToken) => new(await HttpPort.StartAsync(
        new IPEndPoint(IPAddress.Loopback, 0),
        context =>
        {
            context.Response.Headers["x-host"] = context.Request.Host.Value;
            context.Response.Headers["x-target"] = context.Request.Path + context.Request.QueryString;
            if (context.Request.Path == "/hang")
            {
                return Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
            }

            return context.Response.WriteAsync(name, context.RequestAborted);
        },
        NullLoggerFactory.Instance, TimeProvider.System, cancellationToken));

    public ValueTask DisposeAsync() => _port.DisposeAsync();
}
