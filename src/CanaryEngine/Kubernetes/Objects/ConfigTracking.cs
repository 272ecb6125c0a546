using System.Collections.Immutable;
using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>Which ConfigMaps and Secrets belong to a revision, and what is in them (`spec/flagger.md` 3.2). Pure.</summary>
internal static class ConfigTracking
{
    private static readonly string[] TrackedTypes =
        ["", "Opaque", "kubernetes.io/basic-auth", "kubernetes.io/ssh-auth", "kubernetes.io/tls"];

    /// <summary>The objects that belong to a revision, with their checksums, by identity.</summary>
    /// <param name="references">What the template refers to; empty when tracking is turned off.</param>
    /// <param name="found">What there is of it.</param>
    /// <param name="space">The canary's namespace.</param>
    /// <exception cref="WorkloadException">Something is missing that the pods cannot start without; all of it is named.</exception>
    public static ImmutableSortedDictionary<ConfigKey, string> Of(
        EquatableArray<ConfigReference> references, IReadOnlyDictionary<ConfigKey, JsonObject> found, string space)
    {
        string[] missing =
        [
            .. references.Where(reference => !reference.IsOptional && !found.ContainsKey(reference.Key))
                .Select(reference => MissingText(reference.Key, space)),
        ];
        if (missing.Length > 0)
        {
            throw new WorkloadException(string.Join("; ", missing));
        }

        return references.Select(reference => reference.Key)
            .Where(key => found.TryGetValue(key, out var config) && IsTracked(config))
            .ToImmutableSortedDictionary(key => key, key => Checksum(found[key]));
    }

    /// <summary>True for an object that belongs to revisions: it is copied, and a change of it is a new one.</summary>
    /// <param name="config">A ConfigMap or Secret.</param>
    public static bool IsTracked(JsonObject config)
    {
        var mark = config.TextAt("metadata", "annotations", MetadataKeys.ConfigTracking);
        return !mark.StartsWith("disable", StringComparison.Ordinal)
            && (ConfigKey.Of(config).Kind == ConfigKind.ConfigMap || TrackedTypes.Contains(config.TextAt("type")));
    }

    /// <summary>
    /// The checksum of what an object holds, 16 hexadecimal digits. Without binary data it is the one that Flagger records, so that
    /// taking over from it finds nothing changed; Flagger leaves binary data out (H-16).
    /// </summary>
    /// <param name="config">A ConfigMap or Secret.</param>
    public static string Checksum(JsonObject config)
    {
        var data = config.ObjectAt("data");
        var binary = config.ObjectAt("binaryData");
        return CanonicalJson.Hash(binary is { Count: > 0 }
            ? $"{CanonicalJson.Text(data)}\n{CanonicalJson.Text(binary)}"
            : CanonicalJson.Text(data));
    }

    /// <summary>The checksums as <c>status.trackedConfigs</c> has them, in order.</summary>
    /// <param name="tracked">Checksums by identity.</param>
    public static JsonObject StatusOf(IEnumerable<KeyValuePair<ConfigKey, string>> tracked) =>
        Fields.MapOf(tracked.Select(entry => KeyValuePair.Create($"{entry.Key}", entry.Value))
            .OrderBy(entry => entry.Key, StringComparer.Ordinal));

    private static string MissingText(ConfigKey key, string space)
    {
        var kind = key.Kind.ToString().ToLowerInvariant();
        return $"{kind} {key.Name}.{space} get query error: {kind}s \"{key.Name}\" not found";
    }
}
