using System.Diagnostics;
using System.Globalization;
using System.Text;
using XdsCanary.TestKit.Manifests;
using XdsCanary.TestKit.Server;

namespace XdsCanary.Benchmarks;

/// <summary>
/// Many canaries with an interval of one minute, a hundred in each namespace and one proxy for each namespace, on one core: what
/// the server costs while all of them rest, and while all of them are analysed at once.
/// </summary>
internal static class CanariesBenchmark
{
    private const int PerNamespace = 100;
    private const string OneCore = "0";

    private static readonly TimeSpan Interval = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(2);
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(20);

    public static async Task RunAsync(int count)
    {
        await using var prometheus = await FakePrometheus.StartAsync();
        using var manifests = new ManifestFolder();
        var namespaces = (count + PerNamespace - 1) / PerNamespace;
        for (var ns = 0; ns < namespaces; ns++)
        {
            manifests.Write($"{ns}.canaries.yaml", Canaries(ns, Math.Min(PerNamespace, count - (ns * PerNamespace))));
            WriteTargets(manifests, ns, Math.Min(PerNamespace, count - (ns * PerNamespace)), port: 9001);
        }

        var watch = Stopwatch.StartNew();
        await using var server = await ServerProcess.StartAsync(new ServerOptions
        {
            Manifests = manifests.FullPath,
            Arguments = ["--metrics", "prometheus", "--metrics-server", prometheus.Address, "--log-level", "Warning"],
            // What the runtime would see on such a machine.
            Environment = new Dictionary<string, string> { ["DOTNET_PROCESSOR_COUNT"] = "1" },
        });
        Pin(server.ProcessId);
        Console.WriteLine($"canaries: {count} in {namespaces} namespaces; ready after {watch.Elapsed.TotalSeconds:F1} s");
        var streams = Enumerable.Range(0, namespaces)
            .Select(ns => new LoadStream(new Uri($"http://127.0.0.1:{server.Ports.Xds}"), $"proxy-{ns}", [], delta: true, $"ns-{ns}"))
            .ToList();
        var running = streams.Select(stream => stream.RunAsync()).ToList();
        var board = new EngineBoard(server, prometheus);
        await board.WaitAsync(figures => figures.Initialised >= count, Patience, "initialised");
        await board.WaitUntilQuietAsync(Patience);
        Console.WriteLine($"canaries: all initialised after {watch.Elapsed.TotalSeconds:F1} s");
        await board.MeasureAsync("resting", Window);

        // Runs that begin at one moment would be a burst in every interval; real ones begin at any time in it.
        watch.Restart();
        for (var ns = 0; ns < namespaces; ns++)
        {
            WriteTargets(manifests, ns, Math.Min(PerNamespace, count - (ns * PerNamespace)), port: 9002);
            await Task.Delay(Interval / namespaces, TimeProvider.System);
        }

        await board.WaitAsync(figures => figures.Running >= count, Patience, "in analysis");
        Console.WriteLine(
            $"canaries: all in analysis {watch.Elapsed.TotalSeconds:F1} s after the first new revision, "
            + $"the last came after {Interval.TotalSeconds:F0} s");
        await board.MeasureAsync("all in analysis", Window);
        if (running.Exists(task => task.IsCompleted))
        {
            throw new InvalidOperationException("A proxy's stream has ended.");
        }

        streams.ForEach(stream => stream.Dispose());
    }

    private static string Canaries(int ns, int count)
    {
        var text = new StringBuilder();
        for (var number = 0; number < count; number++)
        {
            text.Append(CultureInfo.InvariantCulture, $$$"""
                ---
                apiVersion: flagger.app/v1beta1
                kind: Canary
                metadata:
                  name: web-{{{number}}}
                  namespace: ns-{{{ns}}}
                spec:
                  targetRef:
                    apiVersion: v1
                    kind: Service
                    name: web-{{{number}}}
                  analysis:
                    interval: 1m
                    threshold: 5
                    stepWeight: 2
                    maxWeight: 50
                    metrics:
                    - {name: request-success-rate, interval: 1m, thresholdRange: {min: 99}}
                    - {name: request-duration, interval: 1m, thresholdRange: {max: 500}}

                """);
        }

        return text.ToString();
    }

    private static void WriteTargets(ManifestFolder manifests, int ns, int count, int port)
    {
        var text = new StringBuilder();
        for (var number = 0; number < count; number++)
        {
            text.Append("---\n").Append(Manifest.Service($"web-{number}", $"ns-{ns}"))
                .Append("---\n").Append(Manifest.EndpointSlice($"web-{number}", $"ns-{ns}", port));
        }

        manifests.Write($"{ns}.targets.yaml", text.ToString());
    }

    private static void Pin(int processId)
    {
        string[] arguments = ["-acp", OneCore, processId.ToString(CultureInfo.InvariantCulture)];
        using var taskset = Process.Start(new ProcessStartInfo("taskset", arguments) { RedirectStandardOutput = true })!;
        taskset.StandardOutput.ReadToEnd();
        taskset.WaitForExit();
    }
}
