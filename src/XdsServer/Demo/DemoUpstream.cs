using System.Net;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http.Features;

namespace XdsCanary.XdsServer.Demo;

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
    public static async Task<DemoUpstream> StartAsync(string version, CancellationToken cancellationToken)
    {
        // The empty builder reads neither files nor environment: settings of the server must not move this one.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.Run(context =>
        {
            context.Response.Headers[VersionHeader] = version;
            context.Response.ContentType = "text/plain";
            return context.Response.WriteAsync($"shop {version}\n", context.RequestAborted);
        });
        await app.StartAsync(cancellationToken);
        return new DemoUpstream(app);
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
