using System.Text.Json.Nodes;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.TestKit.Cluster;

/// <summary>Reading of objects as the API server sends them: a path that is not there gives null, never an exception.</summary>
public static class KubeJson
{
    /// <summary>The node at a path of field names and indexes.</summary>
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = node switch
            {
                JsonObject mapping => mapping[name],
                JsonArray list when int.TryParse(name, out var index) && index < list.Count => list[index],
                _ => null,
            };
        }

        return node;
    }

    /// <summary>The text at a path; null when there is none.</summary>
    public static string? Text(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path)?.ToString();

    /// <summary>The whole number at a path; null when there is none.</summary>
    public static int? Number(this JsonNode? node, params ReadOnlySpan<string> path) =>
        int.TryParse(node.Text(path), out var number) ? number : null;

    /// <summary>True when there is a true at a path.</summary>
    public static bool Flag(this JsonNode? node, params ReadOnlySpan<string> path) => node.Text(path) == "true";

    /// <summary>The objects of the list at a path; none when there is no list.</summary>
    public static IEnumerable<JsonObject> Items(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonArray)?.OfType<JsonObject>() ?? [];

    /// <summary>The texts of the list at a path.</summary>
    public static IEnumerable<string> Texts(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonArray)?.Select(item => item?.ToString() ?? string.Empty) ?? [];

    /// <summary>The entries of the mapping at a path.</summary>
    public static IEnumerable<KeyValuePair<string, JsonNode?>> Entries(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) as JsonObject ?? [];

    /// <summary>The status of a condition of an object, for example "True"; null when it has no such condition.</summary>
    public static string? Condition(this JsonNode? node, string type) =>
        node.Items("status", "conditions").FirstOrDefault(item => item.Text("type") == type).Text("status");

    /// <summary>The object's name.</summary>
    public static string Name(this JsonNode node) => node.Text("metadata", "name") ?? string.Empty;

    /// <summary>The object's namespace; empty for objects that are in none.</summary>
    public static string Namespace(this JsonNode node) => node.Text("metadata", "namespace") ?? string.Empty;

    /// <summary>The object's unique id.</summary>
    public static string Uid(this JsonNode node) => node.Text("metadata", "uid") ?? string.Empty;

    /// <summary>Reads the documents of a YAML text.</summary>
    /// <exception cref="FormatException">One of them cannot be read.</exception>
    public static IReadOnlyList<JsonObject> ReadYaml(string text)
    {
        var objects = new List<JsonObject>();
        foreach (var document in DocumentReader.Read(text, DocumentSyntax.Yaml))
        {
            if (document.Problems.Length > 0)
            {
                throw new FormatException($"Not YAML: {string.Join("; ", document.Problems)}");
            }

            if (document.Root is { } root && JsonNode.Parse(NodeJson.Canonical(root)) is JsonObject found)
            {
                objects.Add(found);
            }
        }

        return objects;
    }
}
