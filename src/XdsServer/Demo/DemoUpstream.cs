using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace XdsCanary.XdsServer.Demo;

/// <summary>How a version of the sample service behaves.</summary>
/// <param name="Status">The status of its answers.</param>
/// <param name="Delay">How long it takes over each.</param>
internal sealed record UpstreamBehaviour(int Status, TimeSpan Delay)
{
    /// <summary>As it should.</summary>
    public static UpstreamBehaviour Good { get; } = new(StatusCodes.Status200OK, TimeSpan.Zero);
}

/// <summary>A sample service on a free loopback port: answers every request with its version.</summary>
internal sealed class DemoUpstream : IAsyncDisposable
{
    /// <summary>The response header that carries the version.</summary>
    public const string VersionHeader = "x-version";

    private readonly WebApplication _app;

    private DemoUpstream(WebApplication app) => _app = app;

    /// <summary>The port that it listens on.</summary>
    public int Port => new Uri(_app.Services.GetRequiredService<IServer>().Features.GetRequiredFeature<IServerAddressesFeature>()
        .Addresses.Single()).Port;

    /// <summary>Starts a service.</summary>
    /// <param name="version">The version that it answers with.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    public static Task<DemoUpstream> StartAsync(string version, CancellationToken cancellationToken) =>
        StartAsync(version, UpstreamBehaviour.Good, TimeProvider.System, cancellationToken);

    /// <summary>Starts a service that may be faulty.</summary>
    /// <param name="version">The version that it answers with.</param>
    /// <param name="behaviour">How it behaves.</param>
    /// <param name="time">The clock.</param>
    /// <param name="cancellationToken">Stops the start.</param>
    public static async Task<DemoUpstream> StartAsync(
        string version, UpstreamBehaviour behaviour, TimeProvider time, CancellationToken cancellationToken)
    {
        // The empty builder reads neither files nor environment: settings of the server must not move this one.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(async context =>
        {
            if (behaviour.Delay > TimeSpan.Zero)
            {
                await Task.Delay(behaviour.Delay, time, context.RequestAborted);
            }

            context.Response.StatusCode = behaviour.Status;
            context.Response.Headers[VersionHeader] = version;
            context.Response.ContentType = "text/plain";
            await context.Response.WriteAsync($"shop {version}\n", context.RequestAborted);
        });
        await app.StartAsync(cancellationToken);
        return new DemoUpstream(app);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
