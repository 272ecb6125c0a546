using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace XdsCanary.TestKit.Traffic;

/// <summary>An HTTP server that says who it is, in the body and in a header, and counts what it was asked.</summary>
public sealed class UpstreamServer : IAsyncDisposable
{
    /// <summary>The response header with the server's name.</summary>
    public const string NameHeader = "x-upstream";

    private readonly WebApplication _application;
    private readonly byte[] _body;
    private long _requests;

    private UpstreamServer(string name, WebApplication application)
    {
        Name = name;
        _application = application;
        _body = Encoding.UTF8.GetBytes(name);
    }

    /// <summary>What it answers.</summary>
    public string Name { get; }

    /// <summary>Its port on the loopback address.</summary>
    public int Port { get; private set; }

    /// <summary>How many requests have reached it.</summary>
    public long Requests => Interlocked.Read(ref _requests);

    /// <summary>The status it answers with; may be changed at any time.</summary>
    public HttpStatusCode Status { get; set; } = HttpStatusCode.OK;

    /// <summary>How long it takes to answer; may be changed at any time.</summary>
    public TimeSpan Delay { get; set; }

    /// <summary>Starts a server on a free port.</summary>
    public static async Task<UpstreamServer> StartAsync(string name)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.Configure<KestrelServerOptions>(options =>
        {
            options.Listen(IPAddress.Loopback, 0);

            // A server that closes an idle connection races with the next request on it; that is not what is tested.
            options.Limits.KeepAliveTimeout = TimeSpan.FromHours(1);
        });
        builder.Services.AddLogging(logging => logging.ClearProviders());
        builder.Services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(2));
        var application = builder.Build();
        var server = new UpstreamServer(name, application);
        application.Run(server.AnswerAsync);
        await application.StartAsync();
        server.Port = new Uri(application.Urls.Single()).Port;
        return server;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _application.StopAsync();
        await _application.DisposeAsync();
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _requests);
        if (Delay > TimeSpan.Zero)
        {
            await Task.Delay(Delay, TimeProvider.System, context.RequestAborted);
        }

        context.Response.StatusCode = (int)Status;
        context.Response.ContentLength = _body.Length;
        context.Response.Headers[NameHeader] = Name;
        await context.Response.Body.WriteAsync(_body, context.RequestAborted);
    }
}
