using System.Diagnostics;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Manifests;
using XdsCanary.TestKit.Server;

namespace XdsCanary.Benchmarks;

/// <summary>
/// CPU per stream and push, and memory per stream, of the real server process under a load client process. The two share the
/// machine's cores; CPU is the server's own by /proc. Every stream's final version is compared with the server's.
/// </summary>
internal static class FanoutBenchmark
{
    public static async Task RunAsync(FanoutSettings settings)
    {
        Console.WriteLine(
            $"fanout: {settings.Streams} streams (a connection each) x {settings.Clusters} clusters, {settings.Pushes} pushes, " +
            $"{Environment.ProcessorCount} cores shared by server and client");
        foreach (var delta in new[] { false, true })
        {
            await RunVariantAsync(settings, delta);
        }
    }

    private static async Task RunVariantAsync(FanoutSettings settings, bool delta)
    {
        using var manifests = new ManifestFolder();
        WriteServices(manifests, settings);
        await using var server = await ServerProcess.StartAsync(new ServerOptions { Manifests = manifests.FullPath });
        var idle = ProcessFigures.ResidentBytes(server.ProcessId);
        using var client = LoadClientProcess.Start(server.Ports.Xds, settings, delta);
        var variant = delta ? "delta" : "sotw ";
        var watch = Stopwatch.StartNew();
        await AllHoldAsync(server, client, settings.Streams);
        var resident = ProcessFigures.ResidentBytes(server.ProcessId);
        Console.WriteLine(
            $"{variant} connect: all streams served in {watch.ElapsedMilliseconds} ms; server resident {idle / 1e6:F0} MB before, " +
            $"{resident / 1e6:F0} MB with streams, {(resident - idle) / 1024.0 / settings.Streams:F1} KiB per stream");
        await MeasureAsync($"{variant} weight change (RDS)", settings, server, client, round =>
            manifests.WriteSplit(FanoutSettings.Service(0), (FanoutSettings.Service(1), 1 + round), (FanoutSettings.Service(2), 100)));
        await MeasureAsync($"{variant} endpoint change (EDS)", settings, server, client, round =>
            manifests.Write("svc-003.slice.yaml", Manifest.EndpointSlice(FanoutSettings.Service(3), "default", 20000 + round)));
    }

    private static async Task MeasureAsync(
        string label, FanoutSettings settings, ServerProcess server, LoadClientProcess client, Action<int> change)
    {
        var round = 0;
        for (; round < FanoutSettings.Warmup; round++)
        {
            change(round);
            await AllHoldAsync(server, client, settings.Streams);
        }

        var received = (await client.StatusAsync()).Received;
        var cpu = ProcessFigures.CpuSeconds(server.ProcessId);
        var times = new List<double>();
        for (; round < FanoutSettings.Warmup + settings.Pushes; round++)
        {
            var watch = Stopwatch.StartNew();
            change(round);
            await AllHoldAsync(server, client, settings.Streams);
            times.Add(watch.Elapsed.TotalMilliseconds);
        }

        var used = ProcessFigures.CpuSeconds(server.ProcessId) - cpu;
        var responses = (await client.StatusAsync()).Received - received;
        var expected = (long)settings.Streams * settings.Pushes;
        times.Sort();
        Console.WriteLine(
            $"{label}: {used * 1e6 / expected:F0} us server CPU per stream and push; file write to every stream holding it " +
            $"p50 {times[times.Count / 2]:F0} ms, max {times[^1]:F0} ms (polled); {responses} responses for {expected} expected; " +
            $"resident {ProcessFigures.ResidentBytes(server.ProcessId) / 1e6:F0} MB");
    }

    // Waits until the server has published something new and every stream holds the server's version of all four types.
    private static async Task AllHoldAsync(ServerProcess server, LoadClientProcess client, int streams)
    {
        await Eventually.BecomesAsync(
            async () =>
            {
                using var snapshots = await server.Admin.GetJsonAsync("/debug/snapshots");
                var wanted = snapshots.RootElement[0].GetProperty("types").EnumerateArray()
                    .Select(type => type.GetProperty("version").GetString()!).ToHashSet();
                var status = await client.StatusAsync();
                if (status.Broken > 0)
                {
                    throw new InvalidOperationException($"{status.Broken} streams have ended.");
                }

                return status.Versions.Count == wanted.Count && client.IsNews(status)
                    && status.Versions.All(pair => pair.Value == streams && wanted.Contains(pair.Key.Split(' ')[1]));
            },
            TimeSpan.FromMinutes(2));
        client.Remember();
    }

    private static void WriteServices(ManifestFolder manifests, FanoutSettings settings)
    {
        for (var i = 0; i < settings.Clusters; i++)
        {
            var name = FanoutSettings.Service(i);
            manifests.Write($"{name}.yaml", Manifest.Service(name, "default"));
            manifests.Write($"{name}.slice.yaml", Manifest.EndpointSlice(name, "default", 10000 + i));
        }
    }
}
