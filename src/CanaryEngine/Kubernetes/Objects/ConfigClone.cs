using System.Collections.Immutable;
using System.Text.Json.Nodes;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>
/// The copy of a ConfigMap or Secret that a primary uses. It is named after its content and never changes: canaries that share a
/// ConfigMap cannot overwrite each other's copy, and a primary that is set back finds the one that it had (H-16). Pure.
/// </summary>
internal static class ConfigClone
{
    private const int LongestName = 253;
    private const int DigitsInName = 8;

    /// <summary>The copy's name.</summary>
    /// <param name="name">The name of what is copied.</param>
    /// <param name="checksum">Its checksum.</param>
    public static string Name(string name, string checksum)
    {
        var end = $"-primary-{checksum[..DigitsInName]}";
        return (name.Length + end.Length <= LongestName ? name : name[..(LongestName - end.Length)].TrimEnd('-', '.')) + end;
    }

    /// <summary>The names of all copies, by what is copied.</summary>
    /// <param name="tracked">Checksums by identity.</param>
    public static ImmutableDictionary<ConfigKey, string> Names(IEnumerable<KeyValuePair<ConfigKey, string>> tracked) =>
        tracked.ToImmutableDictionary(entry => entry.Key, entry => Name(entry.Key.Name, entry.Value));

    /// <summary>The names that Flagger gives to its copies.</summary>
    /// <param name="tracked">What is copied.</param>
    public static ImmutableDictionary<ConfigKey, string> FlaggerNames(IEnumerable<ConfigKey> tracked) =>
        tracked.ToImmutableDictionary(key => key, key => $"{key.Name}-primary");

    /// <summary>Makes the copy.</summary>
    /// <param name="config">What is copied.</param>
    /// <param name="made">The canary.</param>
    public static JsonObject Make(JsonObject config, MadeFor made)
    {
        var key = ConfigKey.Of(config);
        var clone = made.Owner.Head("v1", key.Kind.ToString(), made.Namespace, Name(key.Name, ConfigTracking.Checksum(config)));
        clone.Ensure("metadata")["labels"] = Fields.MapOf(
            made.Prefixes.Of(config.TextsAt("metadata", "labels"))
                .Append(KeyValuePair.Create(MetadataKeys.ManagedBy, MetadataKeys.Product)));
        foreach (var field in (ReadOnlySpan<string>)["data", "binaryData", "type"])
        {
            clone.Follow(field, config);
        }

        clone["immutable"] = true;
        return clone;
    }
}
