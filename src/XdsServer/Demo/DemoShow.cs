using System.Net;
using System.Net.Sockets;
using Spectre.Console;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.XdsServer.Hosting;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Demo;

/// <summary>
/// Puts the demo together on this machine: two upstreams, manifests, the real server, a data plane and a load through it; runs
/// the scenes and takes everything down again, whatever happens.
/// </summary>
/// <param name="console">Where it is shown.</param>
/// <param name="time">The clock.</param>
internal sealed class DemoShow(IAnsiConsole console, TimeProvider time)
{
    private const string Host = DemoManifests.Service + "." + DemoManifests.Namespace;
    private const double RequestsPerSecond = 600;

    // Enough for a version that is slow: requests to it must not hold others up.
    private const int Concurrency = 256;

    private static readonly TimeSpan FirstAnswerLimit = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan PollPause = TimeSpan.FromMilliseconds(20);

    /// <summary>Runs the demo.</summary>
    /// <param name="plan">What to run.</param>
    /// <param name="cancellationToken">Breaks it off.</param>
    /// <returns>True when every step went as wanted.</returns>
    /// <exception cref="InvalidOperationException">A part did not start.</exception>
    /// <exception cref="TimeoutException">A part did not become ready.</exception>
    public async Task<bool> RunAsync(DemoPlan plan, CancellationToken cancellationToken)
    {
        await using var versions = await DemoVersions.StartAsync(time, cancellationToken);
        using var manifests = DemoManifests.Create(
            versions.V1.Port, versions.V2.Port, plan.Has(1) ? 100 : 0, plan.Has(1) ? 0 : 100);
        var prometheusPort = FreePort();
        var options = OptionsOf(plan, manifests, prometheusPort);
        await using var server = StandaloneServer.Build(options, logging => logging.ClearProviders());
        await server.StartAsync(cancellationToken);
        await using var plane = await DataPlane.StartAsync(plan.Envoy, server.XdsAddress, time, cancellationToken);
        // It took a free port for its admin interface, so it could not tell the server before.
        server.Services.GetRequiredService<ConnectedProxyStats>().Add(plane.Admin);
        await using var prometheus = plan.Prometheus is { } program
            ? await PrometheusProcess.StartAsync(program, prometheusPort, plane.Admin, time, cancellationToken)
            : null;
        var target = new Uri($"http://127.0.0.1:{options.ListenerPort}/");
        await AnswersAsync(target, cancellationToken);
        console.WriteLine($"Server: xDS on {server.XdsAddress}, admin on {server.AdminAddress}; manifests in {manifests.Folder}");
        await using var load = DemoLoad.Start(target, Host, RequestsPerSecond, Concurrency, time);
        if (await RunScenesAsync(plan, server, plane, versions, manifests, load, cancellationToken))
        {
            return true;
        }

        if (await plane.EndAsync() is { } end)
        {
            console.WriteLine($"The data plane is gone. {end}");
        }

        return false;
    }

    private async Task<bool> RunScenesAsync(
        DemoPlan plan, ServerHost server, DataPlane plane, DemoVersions versions, DemoManifests manifests, DemoLoad load,
        CancellationToken cancellationToken)
    {
        var probe = server.Services.GetRequiredService<IConvergenceProbe>();
        if (plan.Has(1))
        {
            var scene = new DemoScene1(probe, manifests, load, new SceneReport(console), time);
            if (await scene.RunAsync(plane.Name, cancellationToken) != 0)
            {
                return false;
            }
        }
        else
        {
            console.WriteLine($"Data plane: {plane.Name}");
        }

        var board = new CanaryBoard(console);
        var watch = new CanaryWatch(server.Services.GetRequiredService<ICanaryOffice>(), probe, load, board, time);
        var releases = new DemoReleases(watch, manifests, load, board, plan.Pace, time);
        return await RunReleasesAsync(plan, versions, releases, cancellationToken);
    }

    private static async Task<bool> RunReleasesAsync(
        DemoPlan plan, DemoVersions versions, DemoReleases releases, CancellationToken cancellationToken)
    {
        if (!plan.Has(2) && !plan.Has(3))
        {
            return true;
        }

        var (good, failing, slow) = (versions.Good, versions.Failing, versions.Slow);
        var isReady = plan.Has(2)
            ? await releases.PrepareAsync("v2", versions.V2.Port, cancellationToken)
            : await releases.PrepareAsync(good.Version, good.Port, cancellationToken);
        return isReady
            && (!plan.Has(2) || await releases.RunAsync(good, "v2", cancellationToken))
            && (!plan.Has(3) || (await releases.RunAsync(failing, good.Version, cancellationToken)
                && await releases.RunAsync(slow, good.Version, cancellationToken)));
    }

    private static ServerOptions OptionsOf(DemoPlan plan, DemoManifests manifests, int prometheusPort) => new()
    {
        Manifests = manifests.Folder,
        XdsAddress = "127.0.0.1",
        XdsPort = 0,
        AdminPort = 0,
        ListenerAddress = "127.0.0.1",
        ListenerPort = FreePort(),
        Metrics = plan.Prometheus is null ? MetricProviderType.Envoy : MetricProviderType.Prometheus,
        MetricsServer = plan.Prometheus is null ? string.Empty : $"http://127.0.0.1:{prometheusPort}",
        // The log would tear the picture apart; what goes wrong shows as a fault of the scene.
        LogLevel = LogLevel.Critical,
    };

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
