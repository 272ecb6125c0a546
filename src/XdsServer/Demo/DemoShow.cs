using System.Net;
using System.Net.Sockets;
using Spectre.Console;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.XdsServer.Hosting;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Demo;

/// <summary>
/// Puts the demo together on this machine: two upstreams, manifests, the real server, a data plane and a load through it; runs
/// the scene and takes everything down again, whatever happens.
/// </summary>
/// <param name="console">Where it is shown.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoShow(IAnsiConsole console, TimeProvider time)
{
    private const string Host = DemoManifests.Service + "." + DemoManifests.Namespace;
    private const double RequestsPerSecond = 600;
    private const int Concurrency = 32;

    private static readonly TimeSpan FirstAnswerLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs the demo.</summary>
    /// <param name="envoy">The Envoy program; null for the embedded data plane.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <returns>True when every step went as wanted.</returns>
    /// <exception cref="InvalidOperationException">A part did not start.</exception>
    /// <exception cref="TimeoutException">A part did not become ready.</exception>
    public async Task<bool> RunAsync(string? envoy, CancellationToken cancellationToken)
    {
        await using var v1 = await DemoUpstream.StartAsync("v1", cancellationToken);
        await using var v2 = await DemoUpstream.StartAsync("v2", cancellationToken);
        using var manifests = DemoManifests.Create(v1.Port, v2.Port, 100, 0);
        var options = new ServerOptions
        {
            Manifests = manifests.Folder,
            XdsAddress = "127.0.0.1",
            XdsPort = 0,
            AdminPort = 0,
            ListenerAddress = "127.0.0.1",
            ListenerPort = FreePort(),
            // The log would tear the picture apart; what goes wrong shows as a fault of the scene.
            LogLevel = LogLevel.Critical,
        };
        await using var server = StandaloneServer.Build(options, logging => logging.ClearProviders());
        await server.StartAsync(cancellationToken);
        await using var plane = await DataPlane.StartAsync(envoy, server.XdsAddress, time, cancellationToken);
        // It took a free port for its admin interface, so it could not tell the server before.
        server.Services.GetRequiredService<ConnectedProxyStats>().Add(plane.Admin);
        var target = new Uri($"http://127.0.0.1:{options.ListenerPort}/");
        await AnswersAsync(target, cancellationToken);
        console.WriteLine($"Server: xDS on {server.XdsAddress}, admin on {server.AdminAddress}; manifests in {manifests.Folder}");
        await using var load = DemoLoad.Start(target, Host, RequestsPerSecond, Concurrency, time);
        var probe = server.Services.GetRequiredService<IConvergenceProbe>();
        var scene = new DemoScene1(probe, manifests, load, new SceneReport(console), time);
        return await scene.RunAsync(plane.Name, cancellationToken) == 0;
    }

    // Both data planes need a moment to open the port that the first snapshot names.
    private async Task AnswersAsync(Uri target, CancellationToken cancellationToken)
    {
        using var http = new HttpClient(new SocketsHttpHandler { UseProxy = false });
        http.DefaultRequestHeaders.Host = Host;
        var started = time.GetTimestamp();
        while (true)
        {
            try
            {
                using var response = await http.GetAsync(target, cancellationToken);
                if (response.IsSuccessStatusCode)
                {
                    return;
                }
            }
            catch (HttpRequestException) when (time.GetElapsedTime(started) < FirstAnswerLimit)
            {
                // Not listening yet.
            }

            if (time.GetElapsedTime(started) >= FirstAnswerLimit)
            {
                throw new TimeoutException($"The data plane did not answer on {target} within {FirstAnswerLimit.TotalSeconds} s.");
            }

            await Task.Delay(PollPause, time, cancellationToken);
        }
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }
}
