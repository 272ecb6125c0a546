using System.Text.Json.Nodes;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>What a pod can refer to for its settings.</summary>
internal enum ConfigKind
{
    /// <summary>A ConfigMap.</summary>
    ConfigMap,

    /// <summary>A Secret.</summary>
    Secret,
}

/// <summary>The identity of a ConfigMap or Secret in the canary's namespace.</summary>
/// <param name="Kind">Which of the two.</param>
/// <param name="Name">Its name.</param>
internal readonly record struct ConfigKey(ConfigKind Kind, string Name) : IComparable<ConfigKey>
{
    /// <summary>The identity of an object.</summary>
    /// <param name="config">A ConfigMap or Secret.</param>
    public static ConfigKey Of(JsonObject config) => new(
        config.TextAt("kind") == nameof(ConfigKind.Secret) ? ConfigKind.Secret : ConfigKind.ConfigMap,
        config.TextAt("metadata", "name"));

    /// <summary>By kind and name, in the order of their texts.</summary>
    /// <param name="other">Another identity.</param>
    public int CompareTo(ConfigKey other) => string.CompareOrdinal(ToString(), other.ToString());

    /// <summary>As <c>status.trackedConfigs</c> names it: <c>configmap/name</c> or <c>secret/name</c>.</summary>
    public override string ToString() => $"{Kind.ToString().ToLowerInvariant()}/{Name}";
}
