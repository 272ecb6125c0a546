using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace XdsCanary.Benchmarks;

/// <summary>Answers every query with a good value, so that it is the engine that is measured. Counts the queries.</summary>
internal sealed class FakePrometheus : IAsyncDisposable
{
    private readonly WebApplication _application;
    private long _queries;

    private FakePrometheus(WebApplication application) => _application = application;

    public string Address => _application.Urls.Single();

    public long Queries => Interlocked.Read(ref _queries);

    public static async Task<FakePrometheus> StartAsync()
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.Services.Configure<KestrelServerOptions>(options => options.Listen(IPAddress.Loopback, 0));
        builder.Services.AddLogging(logging => logging.ClearProviders());
        var application = builder.Build();
        var prometheus = new FakePrometheus(application);
        application.Run(prometheus.AnswerAsync);
        await application.StartAsync();
        return prometheus;
    }

    public async ValueTask DisposeAsync()
    {
        using var now = new CancellationTokenSource();
        await now.CancelAsync();
        await _application.StopAsync(now.Token);
        await _application.DisposeAsync();
    }

    private Task AnswerAsync(HttpContext context)
    {
        Interlocked.Increment(ref _queries);
        context.Response.ContentType = "application/json";
        return context.Response.WriteAsync(
            """{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1,"100"]}]}}""");
    }
}
