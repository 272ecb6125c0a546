using System.Collections.Immutable;
using System.Globalization;
using FsCheck;
using FsCheck.Xunit;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Resources;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Tests.Ingest;

/// <summary>
/// Whatever changed in whatever order: what is taken over from the rebuild before makes no difference to a rebuild from scratch.
/// </summary>
public class IncrementalRebuildTests
{
    private const int Steps = 30;

    private static readonly string[] Spaces = ["blue", "green"];
    private static readonly string[] Names = ["web", "a", "b", "c"];
    private static readonly NodeGroup[] Groups = [NodeGroup.Create("blue", []), NodeGroup.Create("blue", ["*"])];

    [Fact]
    public void A_change_in_one_namespace_leaves_the_others_alone()
    {
        var first = Set(new() { ["x"] = Write("Service", "blue", "web", "[{port: 80}]"), ["y"] = Write("Service", "green", "web", "[{port: 80}]") }, null);
        var before = MeshAssembler.Assemble(null, first, new MeshOptions());
        var next = MeshAssembler.Assemble(
            before,
            Set(new() { ["x"] = Write("Service", "blue", "web", "[{port: 81}]"), ["y"] = Write("Service", "green", "web", "[{port: 80}]") }, first),
            new MeshOptions());

        Assert.NotSame(before.State.Namespaces["blue"], next.State.Namespaces["blue"]);
        Assert.Same(before.State.Namespaces["green"], next.State.Namespaces["green"]);
        var options = new ResourceOptions();
        var green = NodeGroup.Create("green", []);
        var build = ResourceBundleBuilder.Build(before.State, green, options, null);
        Assert.Same(build, ResourceBundleBuilder.Build(next.State, green, options, build));
    }

    [Property(MaxTest = 25)]
    public void A_rebuild_by_differences_makes_what_a_rebuild_from_scratch_makes(DoNotSize<int> seed)
    {
        var random = new Random(seed.Item);
        var texts = new Dictionary<string, string>(StringComparer.Ordinal);
        var objects = ObjectSet.Empty;
        MeshAssembly? assembly = null;
        var builds = new Dictionary<NodeGroup, ResourceBundleBuild>();
        for (var step = 0; step < Steps; step++)
        {
            for (var edit = random.Next(1, 4); edit > 0; edit--)
            {
                Edit(random, texts);
            }

            objects = Set(texts, objects);
            var options = new MeshOptions { DrainingEndpoints = random.Next(10) == 0 };
            assembly = MeshAssembler.Assemble(assembly, objects, options);
            // Other options in between take nothing over but what objects said before they were broken.
            var scratch = MeshAssembler.Assemble(
                MeshAssembler.Assemble(assembly, objects, options with { ClusterDomain = "other" }), objects, options);
            var story = $"seed {seed.Item}, step {step}";
            Assert.True(scratch.State.Services == assembly.State.Services, story);
            Assert.True(scratch.State.Endpoints == assembly.State.Endpoints, story);
            Assert.True(scratch.State.Rules == assembly.State.Rules, story);
            Assert.True(scratch.Reports.SequenceEqual(assembly.Reports), story);
            Assert.True(scratch.FaultyReports([]).SequenceEqual(assembly.FaultyReports([])), story);
            foreach (var group in Groups)
            {
                builds[group] = ResourceBundleBuilder.Build(assembly.State, group, new ResourceOptions(), builds.GetValueOrDefault(group));
                Assert.True(
                    Shown(ResourceBundleBuilder.Build(scratch.State, group, new ResourceOptions(), null)) == Shown(builds[group]), story);
            }
        }
    }

    private static void Edit(Random random, Dictionary<string, string> texts)
    {
        var (space, name) = (Pick(random, Spaces), Pick(random, Names));
        var kind = Pick(random, ["Service", "Service", "EndpointSlice", "TrafficSplit", "TrafficSplit", "HTTPRouteGroup"]);
        var id = $"{kind} {space} {name}";
        if (random.Next(4) == 0)
        {
            texts.Remove(id);
            return;
        }

        texts[id] = kind switch
        {
            "Service" => Write(kind, space, name, Pick(random, ["[{port: 80}]", "[{port: 80}, {name: x, port: 81}]", "[{port: 80, appProtocol: tcp}]", "[]"])),
            "EndpointSlice" => $$"""
                apiVersion: discovery.k8s.io/v1
                kind: EndpointSlice
                metadata: {name: {{name}}, namespace: {{space}}, labels: {kubernetes.io/service-name: {{Pick(random, Names)}} } }
                addressType: {{Pick(random, ["IPv4", "IPv4", "FQDN"])}}
                ports: [{name: "{{Pick(random, [string.Empty, "x"])}}", port: 8080}]
                endpoints: [{addresses: [10.0.0.{{random.Next(1, 4)}}]}]
                """,
            "TrafficSplit" => Split(random, space, name),
            _ => $$"""
                apiVersion: specs.smi-spec.io/v1alpha4
                kind: HTTPRouteGroup
                metadata: {name: {{name}}, namespace: {{space}} }
                spec: {matches: {{Pick(random, ["[]", "[{name: m, pathRegex: /x}]", "[{name: m, methods: [GET]}, {name: n, pathRegex: /x}]", "4"])}} }
                """,
        };
    }

    private static string Split(Random random, string space, string name)
    {
        var weights = Enumerable.Range(0, random.Next(1, 3)).Select(_ => string.Create(
            CultureInfo.InvariantCulture, $"{{service: {Pick(random, Names)}, weight: {random.Next(-1, 9)}}}"));
        var matches = random.Next(3) == 0 ? $", matches: [{{kind: HTTPRouteGroup, name: {Pick(random, Names)}}}]" : string.Empty;
        return $$"""
            apiVersion: split.smi-spec.io/v1alpha4
            kind: TrafficSplit
            metadata: {name: {{name}}, namespace: {{space}}, creationTimestamp: "2026-01-0{{random.Next(1, 4)}}T00:00:00Z"}
            spec: {service: {{Pick(random, Names)}}, backends: [{{string.Join(", ", weights)}}]{{matches}} }
            """;
    }

    private static string Write(string kind, string space, string name, string ports) =>
        $$"""
        apiVersion: v1
        kind: {{kind}}
        metadata: {name: {{name}}, namespace: {{space}} }
        spec: {ports: {{ports}} }
        """;

    // Each object in a file of its own: an edit moves no other.
    private static ObjectSet Set(Dictionary<string, string> texts, ObjectSet? before)
    {
        var objects = texts.OrderBy(pair => pair.Key, StringComparer.Ordinal)
            .SelectMany(pair => TestObjects.Read(pair.Value, before).Objects)
            .ToImmutableDictionary();
        return new ObjectSet(objects, [], (before?.Revision ?? 0) + 1);
    }

    private static string Shown(ResourceBundleBuild build)
    {
        var bundle = build.Bundle;
        var resources = bundle.Clusters.Concat(bundle.Endpoints).Concat(bundle.Listeners).Concat(bundle.Routes).Select(resource =>
            $"{resource.Name} {Convert.ToHexString(VersionedResource.Create(resource).Packed.Span)} {string.Join(',', resource.References)}");
        var weights = bundle.Weights.Select(pair => $"{pair.Key} {string.Join(',', pair.Value)}");
        var contents = bundle.RouteContents.Select(pair => $"{pair.Key} {pair.Value}");
        return string.Join('\n', [.. resources, .. weights, .. contents, .. build.Findings.Select(finding => $"{finding.Key} {finding.Condition}")]);
    }

    private static string Pick(Random random, string[] choices) => choices[random.Next(choices.Length)];
}
