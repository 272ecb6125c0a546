using System.Text.Json.Nodes;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>Tells revisions apart: what a target's pods are made of, and the settings that they read. Pure.</summary>
internal static class RevisionHash
{
    /// <summary>
    /// The hash of a revision. It is made of what a user has written, by rules of our own, and does not change with the libraries
    /// that it was compiled with (H-17). Labels and annotations of Flux in the template count like all others, though the primary
    /// does not get them: any change of the template restarts the target's pods (`spec/flagger.md` 3.1), so it is a revision.
    /// </summary>
    /// <param name="template">The target's pod template.</param>
    /// <param name="tracked">Checksums of the ConfigMaps and Secrets that belong to it, by identity, in any order.</param>
    /// <returns>16 hexadecimal digits.</returns>
    public static string Of(JsonObject template, IEnumerable<KeyValuePair<ConfigKey, string>> tracked)
    {
        var configs = CanonicalJson.Text(ConfigTracking.StatusOf(tracked));
        return CanonicalJson.Hash($"{CanonicalJson.Text(TemplateForm.Of(template))}\n{configs}");
    }
}
