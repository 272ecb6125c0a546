using System.Collections.Immutable;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.TestKit.Manifests;
using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Resources;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.Benchmarks;

/// <summary>
/// Time from a changed weight of one TrafficSplit among many to the finished snapshot, in memory: nothing is watched or sent.
/// </summary>
internal static class RebuildBenchmark
{
    private const int Warmup = 20;
    private const int Changes = 100;

    private static readonly NodeGroup Group = new("default", string.Empty);
    private static readonly ResourceOptions Options = new();
    private static readonly MeshOptions Mesh = new();

    public static void Run(int canaries)
    {
        var objects = ImmutableDictionary.CreateBuilder<ObjectKey, SourceObject>();
        for (var i = 0; i < canaries; i++)
        {
            foreach (var found in Canary(i))
            {
                objects[found.Key] = found;
            }
        }

        var set = new ObjectSet(objects.ToImmutable(), [], 1);
        var watch = Stopwatch.StartNew();
        var assembly = MeshAssembler.Assemble(null, set, Mesh);
        var build = ResourceBundleBuilder.Build(assembly.State, Group, Options, null);
        var snapshot = SnapshotBuilder.Build(Group, build.Bundle, null);
        Console.WriteLine($"rebuild: {canaries} canaries, {set.Objects.Count} objects, first build {watch.Elapsed.TotalMilliseconds:0} ms");

        var times = (Assemble: new List<double>(), Build: new List<double>(), Snapshot: new List<double>(), Check: new List<double>());
        for (var i = 0; i < Warmup + Changes; i++)
        {
            var changed = Read(Split(canaries / 2, i % 100)).Single();
            set = set.Next(set.Objects.SetItem(changed.Key, changed), [changed.Key]);
            watch.Restart();
            assembly = MeshAssembler.Assemble(assembly, set, Mesh);
            var assembled = watch.Elapsed.TotalMilliseconds;
            build = ResourceBundleBuilder.Build(assembly.State, Group, Options, build);
            var built = watch.Elapsed.TotalMilliseconds;
            var before = snapshot;
            snapshot = SnapshotBuilder.Build(Group, build.Bundle, snapshot);
            var taken = watch.Elapsed.TotalMilliseconds;
            _ = SnapshotConsistency.Check(snapshot, before);
            if (i >= Warmup)
            {
                times.Assemble.Add(assembled);
                times.Build.Add(built - assembled);
                times.Snapshot.Add(taken - built);
                times.Check.Add(watch.Elapsed.TotalMilliseconds - taken);
            }
        }

        Report("assemble", times.Assemble);
        Report("resources", times.Build);
        Report("snapshot", times.Snapshot);
        Report("check", times.Check);
        Report("all", [.. times.Assemble.Select((time, i) => time + times.Build[i] + times.Snapshot[i] + times.Check[i])]);
    }

    private static IEnumerable<SourceObject> Canary(int index)
    {
        var name = Name(index);
        var text = new StringBuilder(Manifest.Service(name, "default"));
        foreach (var backend in new[] { $"{name}-primary", $"{name}-canary" })
        {
            text.Append("---\n").Append(Manifest.Service(backend, "default"));
            text.Append("---\n").Append(Manifest.EndpointSlice(backend, "default", 8080));
        }

        return Read(text.Append("---\n").Append(Split(index, 0)).ToString());
    }

    private static string Split(int index, int weight)
    {
        var name = Name(index);
        return Manifest.TrafficSplit(name, "default", name, ($"{name}-primary", 100 - weight), ($"{name}-canary", weight));
    }

    private static string Name(int index) => string.Create(CultureInfo.InvariantCulture, $"app-{index:0000}");

    private static IEnumerable<SourceObject> Read(string yaml) => DocumentReader.Read(yaml, DocumentSyntax.Yaml)
        .SelectMany(document => ObjectReader.Read(document, "canaries.yaml", "default").Objects);

    private static void Report(string step, List<double> times)
    {
        times.Sort();
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{step,-10} p50 {times[times.Count / 2],7:0.00} ms   p99 {times[times.Count * 99 / 100],7:0.00} ms"));
    }
}
