using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.TestKit;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>The objects of one moment of the record, by kind and name.</summary>
internal sealed class RecordedObjects
{
    private static readonly string[] Files =
    [
        "objects-0-before-canaries.yaml", "objects-1-initialized.yaml", "objects-2-progressing.yaml", "objects-3-ended.yaml",
        "objects-4-promoted-and-reverted-deleted.yaml",
    ];

    // What the API server and the controllers of the cluster write, and no client.
    private static readonly string[] OfServer = ["uid", "resourceVersion", "creationTimestamp", "generation"];

    private static readonly string[] OfServices =
        ["clusterIP", "clusterIPs", "ipFamilies", "ipFamilyPolicy", "internalTrafficPolicy", "sessionAffinity"];

    private readonly Dictionary<(string Kind, string Name), JsonObject> _objects;
    private readonly Dictionary<string, SourceObject> _canaries;

    private RecordedObjects(string text)
    {
        var documents = DocumentReader.Read(text, DocumentSyntax.Yaml);
        _objects = documents.Select(document => (JsonObject)NodeJson.ToJsonNode(document.Root!)!)
            .ToDictionary(item => (item.TextAt("kind"), item.TextAt("metadata", "name")));
        _canaries = documents.SelectMany(document => ObjectReader.Read(document, "record.yaml", "test").Objects)
            .Where(source => source.Key.Kind == CanaryKinds.Canary)
            .ToDictionary(source => source.Key.Name.Name);
    }

    /// <summary>True when the record is there.</summary>
    public static bool Exist => File.Exists(RepositoryPaths.FlaggerRecord(Files[0]));

    /// <summary>The names of the canaries.</summary>
    public IEnumerable<string> Canaries => _canaries.Keys.Order(StringComparer.Ordinal);

    /// <summary>
    /// Reads one moment: 0 before the canaries, 1 initialised, 2 progressing, 3 ended, 4 after two canaries were deleted: `promoted`,
    /// and `reverted` with <c>revertOnDeletion</c>.
    /// </summary>
    public static RecordedObjects Read(int moment) => new(File.ReadAllText(RepositoryPaths.FlaggerRecord(Files[moment])));

    /// <summary>What objects of a canary are made by, with the settings that Flagger was run with.</summary>
    public MadeFor MadeFor(string name, JsonObject target)
    {
        var mapped = CanaryMapper.Map(_canaries[name], new MapperOptions());
        Assert.Empty(mapped.Faults);
        return new MadeFor(
            mapped.Value!,
            SelectorLabel.Of(target, SelectorLabel.DefaultKeys),
            new CanaryOwner(name, this["Canary", name].TextAt("metadata", "uid")),
            IncludePrefixes.Parse("team"));
    }

    /// <summary>An object.</summary>
    public JsonObject this[string kind, string name] => _objects[(kind, name)];

    /// <summary>Kind and name of all objects.</summary>
    public IEnumerable<(string Kind, string Name)> Keys => _objects.Keys;

    /// <summary>Finds an object.</summary>
    public JsonObject? Find(string kind, string name) => _objects.GetValueOrDefault((kind, name));

    /// <summary>An object as the client sent it.</summary>
    public static JsonObject AsSent(JsonObject item)
    {
        var sent = item.Copy();
        sent.Remove("status");
        var metadata = sent.Ensure("metadata");
        foreach (var name in OfServer)
        {
            metadata.Remove(name);
        }

        metadata.ObjectAt("annotations")?.Remove("deployment.kubernetes.io/revision");
        if (metadata.ObjectAt("annotations") is { Count: 0 })
        {
            metadata.Remove("annotations");
        }

        foreach (var name in sent.TextAt("kind") == "Service" ? OfServices : [])
        {
            sent.Ensure("spec").Remove(name);
        }

        return sent;
    }
}
