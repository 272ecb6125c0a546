using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Api;

/// <summary>Reads objects as the API server sends them. Pure.</summary>
public static class ApiObjects
{
    /// <summary>Reads an object.</summary>
    /// <param name="json">The object. Items of a list lack their own apiVersion and kind.</param>
    /// <param name="resource">Says what they lack.</param>
    /// <returns>The object, or what is wrong with it.</returns>
    public static ObjectReading Read(JsonElement json, ApiResource resource)
    {
        ArgumentNullException.ThrowIfNull(resource);
        if (json.ValueKind != JsonValueKind.Object)
        {
            var origin = new ObjectOrigin(null, 0);
            return new ObjectReading(
                [], [new ObjectProblem(origin, null, string.Empty, $"an item of {resource.Plural} is not an object", "Look at the API server")]);
        }

        try
        {
            var document = new ReadDocument(0, Tree(json, resource), []);
            return ObjectReader.Read(document, file: null, defaultNamespace: string.Empty);
        }
        catch (InvalidOperationException exception)
        {
            // Too deep, or a text that is none: this object is lost, but not the list that it is in.
            return Unreadable(json, resource, exception.Message);
        }
    }

    private static MappingNode Tree(JsonElement json, ApiResource resource)
    {
        var entries = ImmutableArray.CreateBuilder<MappingEntry>();
        foreach (var (name, value) in new[] { ("apiVersion", resource.ApiVersion), ("kind", resource.Kind) })
        {
            if (!json.TryGetProperty(name, out _))
            {
                entries.Add(new MappingEntry(name, default, new ScalarNode(value, ScalarKind.String, default)));
            }
        }

        entries.AddRange(Entries(json, isMetadata: false, depth: 1));
        return new MappingNode(entries.ToImmutable(), default);
    }

    private static ObjectReading Unreadable(JsonElement json, ApiResource resource, string message)
    {
        ObjectKey? key = json.TryGetObject("metadata", out var metadata) && metadata.TextOf("name") is { } name
            ? resource.KeyOf(new NamespacedName(metadata.TextOf("namespace") ?? string.Empty, name))
            : null;
        return new ObjectReading(
            [], [new ObjectProblem(new ObjectOrigin(null, 0), key, string.Empty, message, "Change the object so that it can be read")]);
    }

    /// <summary>Reads an object that a call has answered with.</summary>
    /// <param name="json">The object.</param>
    /// <param name="resource">Its resource.</param>
    /// <exception cref="KubeException">It is none.</exception>
    public static SourceObject Read(JsonObject json, ApiResource resource)
    {
        ArgumentNullException.ThrowIfNull(json);
        using var document = JsonDocument.Parse(json.ToJsonString(), KubeJson.Options);
        var reading = Read(document.RootElement, resource);
        return reading.Objects is [var only]
            ? only
            : throw new KubeException(KubeFault.Invalid, $"{string.Join("; ", reading.Problems)}");
    }

    /// <summary>The version of an object among all its versions; 0 when it has none that can be compared.</summary>
    /// <param name="item">The object.</param>
    public static ulong VersionOf(SourceObject item)
    {
        ArgumentNullException.ThrowIfNull(item);
        return (item.Root.Find("metadata") as MappingNode)?.Find("resourceVersion") is ScalarNode version
            ? VersionOf(version.Text)
            : 0;
    }

    /// <summary>A version as a number. Opaque by the letter, but larger for what is newer in every API server there is.</summary>
    /// <param name="resourceVersion">The text.</param>
    public static ulong VersionOf(string resourceVersion) =>
        ulong.TryParse(resourceVersion, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static DocumentNode Node(JsonElement json, string name, int depth) => json.ValueKind switch
    {
        JsonValueKind.Object or JsonValueKind.Array when depth > DocumentLimits.MaxDepth =>
            throw new InvalidOperationException($"is nested deeper than {DocumentLimits.MaxDepth} levels"),
        JsonValueKind.Object => new MappingNode(Entries(json, isMetadata: name == "metadata", depth), default),
        JsonValueKind.Array => new SequenceNode([.. json.EnumerateArray().Select(item => Node(item, string.Empty, depth + 1))], default),
        JsonValueKind.Number => new ScalarNode(json.GetRawText(), ScalarKind.Number, default),
        JsonValueKind.True => new ScalarNode("true", ScalarKind.Boolean, default),
        JsonValueKind.False => new ScalarNode("false", ScalarKind.Boolean, default),
        JsonValueKind.String => new ScalarNode(json.GetString()!, ScalarKind.String, default),
        _ => new ScalarNode(string.Empty, ScalarKind.Null, default),
    };

    // Who owns which field is half of an object, changes with every write, and is of no interest to readers.
    private static ImmutableArray<MappingEntry> Entries(JsonElement json, bool isMetadata, int depth) =>
    [
        .. json.EnumerateObject()
            .Where(property => !isMetadata || property.Name != "managedFields")
            .Select(property => new MappingEntry(property.Name, default, Node(property.Value, property.Name, depth + 1))),
    ];
}
