using System.Text.Json.Nodes;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>
/// Brings pod templates into a form in which two that mean the same are equal: what is absent, null or empty, and what an API
/// server fills in by itself, is left out. So another release of the API server, which fills in more, does not look like another
/// template (H-17). Pure.
/// </summary>
internal static class TemplateForm
{
    // An empty one of these chooses everything, and an absent one nothing.
    private static readonly string[] MeaningfulWhenEmpty = ["labelSelector", "namespaceSelector", "selector"];

    /// <summary>The form of a template.</summary>
    /// <param name="template">A pod template.</param>
    public static JsonObject Of(JsonObject template)
    {
        var copy = template.Copy();
        copy.ObjectAt("spec", "nodeSelector")?.Remove(MetadataKeys.ScaleToZero);
        return ReduceObject(copy, string.Empty);
    }

    private static JsonNode? Reduce(JsonNode? node, string path) => node switch
    {
        JsonObject item => ReduceObject(item, path),
        JsonArray list => new JsonArray([.. list.Select(item => Reduce(item, path + "[]"))]),
        _ => node?.DeepClone(),
    };

    private static JsonObject ReduceObject(JsonObject item, string path)
    {
        var reduced = new JsonObject();
        foreach (var (name, value) in item)
        {
            var child = Child(path, name);
            var next = Reduce(value, child);
            if (next is not null && !IsSilent(next, path, name) && !TemplateDefaults.IsDefault(item, child, next))
            {
                reduced[name] = next;
            }
        }

        return reduced;
    }

    // All containers have the same defaults.
    private static string Child(string path, string name) => (path, name) switch
    {
        ("", _) => name,
        ("spec", "initContainers" or "ephemeralContainers") => "spec.containers",
        _ => $"{path}.{name}",
    };

    // A volume's source says by its presence what the volume is; an emptyDir is what it is without one.
    private static bool IsSilent(JsonNode node, string path, string name) =>
        node is JsonObject { Count: 0 } or JsonArray { Count: 0 }
        && !MeaningfulWhenEmpty.Contains(name)
        && (path != "spec.volumes[]" || name == "emptyDir");
}
