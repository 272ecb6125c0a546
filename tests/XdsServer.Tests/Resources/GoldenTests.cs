using System.Text.Json;
using System.Text.Json.Nodes;
using XdsCanary.TestKit;
using XdsCanary.XdsServer.Admin;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Tests.Resources;

/// <summary>
/// Compares the resources of each case with the files beside its input. XDSCANARY_UPDATE_GOLDEN=1 writes them anew; look at the
/// difference before committing it.
/// </summary>
public class GoldenTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly string Root = RepositoryPaths.Combine("tests", "XdsServer.Tests", "Golden");
    private static readonly bool IsUpdate = Environment.GetEnvironmentVariable("XDSCANARY_UPDATE_GOLDEN") == "1";

    private static readonly (ResourceType Type, string File)[] Files =
    [
        (ResourceType.Cluster, "clusters.json"),
        (ResourceType.Endpoint, "endpoints.json"),
        (ResourceType.Listener, "listeners.json"),
        (ResourceType.Route, "routes.json"),
    ];

    public static TheoryData<string> Cases() =>
        [.. Directory.GetDirectories(Root).Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Resources_are_as_recorded(string name)
    {
        var folder = Path.Combine(Root, name);
        var input = File.ReadAllText(Path.Combine(folder, "input.yaml"));
        var group = Group(input);
        var snapshot = SnapshotBuilder.Build(group, MeshManifests.Build(MeshManifests.Assemble(input), group).Bundle, null);
        var json = new ResourceJson();

        foreach (var (type, file) in Files)
        {
            var resources = new JsonArray([.. snapshot.Get(type).Items.Select(json.Render)]);
            Check(Path.Combine(folder, file), resources.ToJsonString(Indented) + "\n");
        }

        Assert.Empty(SnapshotConsistency.Check(snapshot));
        Assert.Equal(
            Files.Select(entry => entry.File).Append("input.yaml").Order(),
            Directory.GetFiles(folder).Select(path => Path.GetFileName(path)).Order());
    }

    private static void Check(string path, string actual)
    {
        if (IsUpdate)
        {
            File.WriteAllText(path, actual);
        }

        Assert.True(File.Exists(path), $"{path} is missing; write it with XDSCANARY_UPDATE_GOLDEN=1");
        Assert.Equal(File.ReadAllText(path), actual);
    }

    // The group stands in the first line, if it is not the default one: "# group: NAMESPACE+OTHER,OTHER".
    private static NodeGroup Group(string input)
    {
        const string Prefix = "# group: ";
        var first = input.Split('\n')[0];
        var parts = first.StartsWith(Prefix, StringComparison.Ordinal) ? first[Prefix.Length..].Split('+') : [];
        return parts.Length == 0
            ? new NodeGroup(input.Contains("namespace: test") ? "test" : "default", string.Empty)
            : NodeGroup.Create(parts[0], parts.Skip(1).SelectMany(names => names.Split(',')));
    }
}
