using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>Reads and changes fields of objects. What is absent or of another type reads as empty. Pure.</summary>
internal static class Fields
{
    /// <summary>The node at a path of names; null when there is none.</summary>
    /// <param name="node">Where to start.</param>
    /// <param name="path">Names of fields, from the outside in.</param>
    public static JsonNode? At(this JsonNode? node, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            node = node is JsonObject parent && parent.TryGetPropertyValue(name, out var child) ? child : null;
        }

        return node;
    }

    /// <summary>The object at a path; null when there is none.</summary>
    /// <param name="node">Where to start.</param>
    /// <param name="path">Names of fields.</param>
    public static JsonObject? ObjectAt(this JsonNode? node, params ReadOnlySpan<string> path) => node.At(path) as JsonObject;

    /// <summary>The text at a path; empty when there is none.</summary>
    /// <param name="node">Where to start.</param>
    /// <param name="path">Names of fields.</param>
    public static string TextAt(this JsonNode? node, params ReadOnlySpan<string> path) => Text(node.At(path)) ?? string.Empty;

    /// <summary>The whole number at a path; null when there is none.</summary>
    /// <param name="node">Where to start.</param>
    /// <param name="path">Names of fields.</param>
    public static long? NumberAt(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value
        && value.GetValueKind() == JsonValueKind.Number
        && long.TryParse(value.ToJsonString(), NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
            ? number
            : null;

    /// <summary>True when <c>true</c> stands at a path.</summary>
    /// <param name="node">Where to start.</param>
    /// <param name="path">Names of fields.</param>
    public static bool IsTrueAt(this JsonNode? node, params ReadOnlySpan<string> path) =>
        node.At(path) is JsonValue value && value.GetValueKind() == JsonValueKind.True;

    /// <summary>The objects of the list at a path; none when there is no list.</summary>
    /// <param name="node">Where to start.</param>
    /// <param name="path">Names of fields.</param>
    public static IEnumerable<JsonObject> ItemsAt(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.At(path) as JsonArray)?.OfType<JsonObject>() ?? [];

    /// <summary>The entries of the map of texts at a path, such as labels; none when there is no map.</summary>
    /// <param name="node">Where to start.</param>
    /// <param name="path">Names of fields.</param>
    public static IEnumerable<KeyValuePair<string, string>> TextsAt(this JsonNode? node, params ReadOnlySpan<string> path) =>
        (node.ObjectAt(path) ?? []).Select(entry => KeyValuePair.Create(entry.Key, Text(entry.Value) ?? string.Empty));

    /// <summary>A text; null for anything else.</summary>
    /// <param name="node">The node.</param>
    public static string? Text(JsonNode? node) =>
        node is JsonValue value && value.GetValueKind() == JsonValueKind.String ? value.GetValue<string>() : null;

    /// <summary>A copy that shares nothing.</summary>
    /// <typeparam name="T">The kind of node.</typeparam>
    /// <param name="node">The node.</param>
    public static T Copy<T>(this T node)
        where T : JsonNode => (T)node.DeepClone();

    /// <summary>The object in a field, made when it is not there.</summary>
    /// <param name="parent">The object that has the field; it is changed.</param>
    /// <param name="name">The field.</param>
    public static JsonObject Ensure(this JsonObject parent, string name)
    {
        if (parent[name] is JsonObject child)
        {
            return child;
        }

        var made = new JsonObject();
        parent[name] = made;
        return made;
    }

    /// <summary>Makes a field the same as another object's: a copy of it, or absent.</summary>
    /// <param name="parent">The object that is changed.</param>
    /// <param name="name">The field.</param>
    /// <param name="source">The object that is copied from.</param>
    public static void Follow(this JsonObject parent, string name, JsonObject? source)
    {
        if (source.At(name) is { } value)
        {
            parent[name] = value.DeepClone();
        }
        else
        {
            parent.Remove(name);
        }
    }

    /// <summary>A map of texts as a node.</summary>
    /// <param name="entries">The entries; later ones win.</param>
    public static JsonObject MapOf(IEnumerable<KeyValuePair<string, string>> entries)
    {
        var map = new JsonObject();
        foreach (var (key, value) in entries)
        {
            map[key] = value;
        }

        return map;
    }

    /// <summary>Namespace and name as texts of Flagger have them: <c>name.namespace</c>.</summary>
    /// <param name="item">An object.</param>
    public static string Name(JsonObject item) => $"{item.TextAt("metadata", "name")}.{item.TextAt("metadata", "namespace")}";
}
