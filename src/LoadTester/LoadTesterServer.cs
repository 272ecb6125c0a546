using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Prometheus;
using XdsCanary.LoadTester.Gates;
using XdsCanary.LoadTester.Load;
using XdsCanary.LoadTester.Observability;
using XdsCanary.LoadTester.Tasks;

namespace XdsCanary.LoadTester;

/// <summary>The load tester: gates and tasks over HTTP, at the paths of Flagger's.</summary>
public sealed class LoadTesterServer : IAsyncDisposable
{
    private const int LargestBody = 256 * 1024;

    private readonly WebApplication _app;
    private readonly BackgroundTasks _background;
    private readonly LoadGenerator _load;

    private LoadTesterServer(WebApplication app, BackgroundTasks background, LoadGenerator load) =>
        (_app, _background, _load) = (app, background, load);

    /// <summary>Where it listens, once it does.</summary>
    public Uri Url => new(_app.Urls.First());

    /// <summary>Makes a load tester that does not listen yet.</summary>
    /// <param name="options">Its settings.</param>
    /// <param name="time">For time limits and for the load's rate.</param>
    /// <param name="logging">Where its log goes; null for nowhere.</param>
    /// <exception cref="IOException">The state file cannot be read.</exception>
    /// <exception cref="ArgumentException">The expression for namespaces is none.</exception>
    public static LoadTesterServer Build(LoadTesterOptions options, TimeProvider time, Action<ILoggingBuilder>? logging = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        logging?.Invoke(builder.Logging);
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = LargestBody;
            kestrel.Listen(new IPEndPoint(options.Address, options.Port));
        });
        var entrance = new Entrance(options.NamespaceRegexp);
        var book = new GateBook(new GateFile(options.StateFile));
        var app = builder.Build();
        var background = new BackgroundTasks(app.Logger);
        var load = new LoadGenerator(time);
        var metrics = new LoadTesterMetrics();
        var planner = new TaskPlanner(
            new CommandPolicy(options.Allow, options.AllowBash), new ProcessRunner(options.Timeout, time), load);
        app.Map("/healthz", context => Reply.WriteAsync(context, StatusCodes.Status200OK, "OK"));
        app.MapMetrics("/metrics", metrics.Registry);
        new GateEndpoints(book, entrance, app.Logger).Map(app);
        new TaskEndpoint(planner, background, entrance, metrics, app.Logger, app.Lifetime.ApplicationStopping).Map(app);
        return new LoadTesterServer(app, background, load);
    }

    /// <summary>Begins to listen.</summary>
    /// <param name="cancellationToken">Ends the attempt.</param>
    public Task StartAsync(CancellationToken cancellationToken) => _app.StartAsync(cancellationToken);

    /// <summary>Waits until the process is told to end.</summary>
    /// <param name="cancellationToken">Ends the server.</param>
    public Task WaitForShutdownAsync(CancellationToken cancellationToken) => ((IHost)_app).WaitForShutdownAsync(cancellationToken);

    /// <summary>Stops listening and ends every task.</summary>
    public async ValueTask DisposeAsync()
    {
        await _app.StopAsync();
        await _background.DisposeAsync();
        await _app.DisposeAsync();
        _load.Dispose();
    }
}
