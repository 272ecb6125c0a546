using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Envoy.Config.Listener.V3;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Resources;

namespace XdsCanary.XdsServer.Tests.Resources;

/// <summary>
/// Compares the resources of each case with the files beside its input. XDSCANARY_UPDATE_GOLDEN=1 writes them anew; look at the
/// difference before committing it.
/// </summary>
public class GoldenTests
{
    private static readonly JsonSerializerOptions Indented = new() { WriteIndented = true };
    private static readonly string Root = Path.Combine(ProjectDirectory(), "Golden");
    private static readonly bool IsUpdate = Environment.GetEnvironmentVariable("XDSCANARY_UPDATE_GOLDEN") == "1";

    private static readonly JsonFormatter Formatter = new(
        new JsonFormatter.Settings(false, TypeRegistry.FromFiles(EnvoyFiles())));

    public static TheoryData<string> Cases() =>
        [.. Directory.GetDirectories(Root).Select(path => Path.GetFileName(path)).Order()];

    [Theory]
    [MemberData(nameof(Cases))]
    public void Resources_are_as_recorded(string name)
    {
        var folder = Path.Combine(Root, name);
        var input = File.ReadAllText(Path.Combine(folder, "input.yaml"));
        var bundle = TestMesh.Build(TestMesh.Assemble(input), Group(input)).Bundle;

        var files = new Dictionary<string, IEnumerable<NamedResource>>
        {
            ["clusters.json"] = bundle.Clusters,
            ["endpoints.json"] = bundle.Endpoints,
            ["listeners.json"] = bundle.Listeners,
            ["routes.json"] = bundle.Routes,
        };
        foreach (var (file, resources) in files)
        {
            Check(Path.Combine(folder, file), Render(resources));
        }

        Assert.Equal(
            files.Keys.Append("input.yaml").Order(),
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

    private static string Render(IEnumerable<NamedResource> resources)
    {
        var nodes = resources.Select(resource => Sort(JsonNode.Parse(Formatter.Format(resource.Message))));
        return new JsonArray([.. nodes]).ToJsonString(Indented) + "\n";
    }

    private static JsonNode? Sort(JsonNode? node) => node switch
    {
        JsonObject mapping => new JsonObject(mapping
            .OrderBy(entry => entry.Key, StringComparer.Ordinal)
            .Select(entry => KeyValuePair.Create(entry.Key, Sort(entry.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Sort)]),
        _ => node?.DeepClone(),
    };

    private static IEnumerable<FileDescriptor> EnvoyFiles() =>
        from type in typeof(Listener).Assembly.GetTypes()
        where type.Name.EndsWith("Reflection", StringComparison.Ordinal)
        select type.GetProperty("Descriptor", BindingFlags.Public | BindingFlags.Static)?.GetValue(null) as FileDescriptor
        into file
        where file is not null
        select file;

    private static string ProjectDirectory()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "XdsCanary.sln")))
        {
            folder = folder.Parent;
        }

        return Path.Combine(folder!.FullName, "tests", "XdsServer.Tests");
    }
}
