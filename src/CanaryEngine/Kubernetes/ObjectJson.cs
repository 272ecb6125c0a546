using System.Text.Json.Nodes;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>Objects as JSON. Pure.</summary>
internal static class ObjectJson
{
    /// <summary>The whole object.</summary>
    /// <param name="item">The object.</param>
    public static JsonObject Of(SourceObject item) => NodeJson.ToJsonNode(item.Root)!.AsObject();

    /// <summary>A part of an object.</summary>
    /// <param name="item">The object.</param>
    /// <param name="field">The name of a field at the top.</param>
    public static JsonObject? Part(SourceObject item, string field) =>
        item.Root.Find(field) is MappingNode part ? NodeJson.ToJsonNode(part)!.AsObject() : null;

    /// <summary>A text of an object's metadata.</summary>
    /// <param name="item">The object.</param>
    /// <param name="field">The field.</param>
    public static string Metadata(SourceObject item, string field) =>
        ((item.Root.Find("metadata") as MappingNode)?.Find(field) as ScalarNode)?.Text ?? string.Empty;
}
