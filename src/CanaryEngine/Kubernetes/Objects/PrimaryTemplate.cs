using System.Text.Json.Nodes;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>The pod template of a primary, made of the target's (`spec/flagger.md` 2.4). Pure.</summary>
internal static class PrimaryTemplate
{
    /// <summary>Makes the template.</summary>
    /// <param name="template">The target's.</param>
    /// <param name="selector">The label that tells the target's pods.</param>
    /// <param name="deployment">The Deployment's name, by which pods keep away from each other; null for a DaemonSet.</param>
    /// <param name="names">New names of the ConfigMaps and Secrets that it refers to.</param>
    public static JsonObject Of(
        JsonObject template, SelectorLabel selector, string? deployment, IReadOnlyDictionary<ConfigKey, string> names)
    {
        var made = template.Copy();
        var metadata = made.Ensure("metadata");
        metadata["labels"] = Fields.MapOf(WithoutToolkit(metadata.TextsAt("labels"))
            .Append(KeyValuePair.Create(selector.Key, selector.PrimaryValue)));
        if (metadata.ObjectAt("annotations") is not null)
        {
            metadata["annotations"] = Fields.MapOf(WithoutToolkit(metadata.TextsAt("annotations")));
        }

        ConfigReferences.Rename(made, names);
        if (deployment is not null)
        {
            PodSpreading.Rename(made, selector.Keys, deployment);
        }
        else
        {
            made.ObjectAt("spec", "nodeSelector")?.Remove(MetadataKeys.ScaleToZero);
        }

        return made;
    }

    /// <summary>
    /// Tells whether a primary that Flagger made has the template of the target as it is: then taking over from Flagger finds no
    /// new revision. What is in the copies of ConfigMaps and Secrets is not looked at; compare their checksums.
    /// </summary>
    /// <param name="primary">The primary's template.</param>
    /// <param name="target">The target's.</param>
    /// <param name="selector">The label that tells the target's pods.</param>
    /// <param name="deployment">The Deployment's name; null for a DaemonSet.</param>
    /// <param name="tracked">The ConfigMaps and Secrets that are copied.</param>
    public static bool IsOf(
        JsonObject primary, JsonObject target, SelectorLabel selector, string? deployment, IEnumerable<ConfigKey> tracked)
    {
        var made = primary.Copy();
        made.ObjectAt("metadata", "annotations")?.Remove(MetadataKeys.FlaggerId);
        var wanted = Of(target, selector, deployment, ConfigClone.FlaggerNames(tracked));
        return CanonicalJson.AreEqual(TemplateForm.Of(made), TemplateForm.Of(wanted));
    }

    private static IEnumerable<KeyValuePair<string, string>> WithoutToolkit(IEnumerable<KeyValuePair<string, string>> entries) =>
        entries.Where(entry => !MetadataKeys.IsToolkit(entry.Key));
}
