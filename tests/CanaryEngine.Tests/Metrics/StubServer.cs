using System.Collections.Concurrent;
using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;

namespace XdsCanary.CanaryEngine.Tests.Metrics;

/// <summary>A real HTTP server on a free port that answers what the test says, and remembers what it was asked.</summary>
internal sealed class StubServer : IAsyncDisposable
{
    private readonly WebApplication _application;
    private readonly Func<HttpContext, Task> _answer;

    private StubServer(WebApplication application, Func<HttpContext, Task> answer)
    {
        _application = application;
        _answer = answer;
    }

    public Uri Address { get; private set; } = null!;

    public ConcurrentQueue<StubRequest> Requests { get; } = [];

    public static Task<StubServer> StartAsync(string body, int status = 200, string? phrase = null) => StartAsync(context =>
    {
        context.Response.StatusCode = status;
        context.Features.Get<IHttpResponseFeature>()!.ReasonPhrase = phrase;
        return context.Response.WriteAsync(body, context.RequestAborted);
    });

    public static async Task<StubServer> StartAsync(Func<HttpContext, Task> answer)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.Configure<KestrelServerOptions>(options => options.Listen(IPAddress.Loopback, 0));
        var application = builder.Build();
        var server = new StubServer(application, answer);
        application.Run(server.AnswerAsync);
        await application.StartAsync();
        server.Address = new Uri(application.Urls.Single());
        return server;
    }

    public async ValueTask DisposeAsync() => await _application.DisposeAsync();

    private Task AnswerAsync(HttpContext context)
    {
        Requests.Enqueue(new StubRequest(
            context.Request.Path,
            context.Request.Query["query"].ToString(),
            context.Request.Query["filter"].ToString(),
            context.Request.Headers.ToDictionary(header => header.Key, header => header.Value.ToString(), StringComparer.OrdinalIgnoreCase)));
        return _answer(context);
    }
}

/// <summary>What a server was asked.</summary>
internal sealed record StubRequest(string Path, string Query, string Filter, IReadOnlyDictionary<string, string> Headers);
