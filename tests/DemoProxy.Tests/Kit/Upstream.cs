using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging.Abstractions;
using XdsCanary.DemoProxy.Serving;

namespace XdsCanary.DemoProxy.Tests.Kit;

/// <summary>A server behind the proxy that answers with its own name, and with what it saw.</summary>
internal sealed class Upstream : IAsyncDisposable
{
    private readonly HttpPort _port;

    private Upstream(HttpPort port, ConcurrentQueue<string> seen) => (_port, Seen) = (port, seen);

    /// <summary>Method, host, target and body of each request.</summary>
    public ConcurrentQueue<string> Seen { get; }

    public int Port => _port.Address.Port;

    public static async Task<Upstream> StartAsync(string name, CancellationToken cancellationToken)
    {
        var seen = new ConcurrentQueue<string>();
        var port = await HttpPort.StartAsync(
            new IPEndPoint(IPAddress.Loopback, 0), context => AnswerAsync(context, name, seen),
            NullLoggerFactory.Instance, TimeProvider.System, cancellationToken);
        return new Upstream(port, seen);
    }

    public ValueTask DisposeAsync() => _port.DisposeAsync();

    private static async Task AnswerAsync(HttpContext context, string name, ConcurrentQueue<string> seen)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync(context.RequestAborted);
        var target = context.Request.Path + context.Request.QueryString;
        seen.Enqueue($"{context.Request.Method} {context.Request.Host} {target} {body}");
        context.Response.Headers["x-host"] = context.Request.Host.Value;
        context.Response.Headers["x-target"] = target;
        context.Response.Headers.SetCookie = "own=1";
        if (context.Request.Path == "/hang")
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, context.RequestAborted);
        }

        await context.Response.WriteAsync(name, context.RequestAborted);
    }
}
