using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>Knows the Secrets that providers refer to. Thread-safe. Values must never be logged or shown.</summary>
public interface ISecrets
{
    /// <summary>Finds a Secret.</summary>
    /// <param name="name">Its namespace and name.</param>
    /// <returns>Its values by key, decoded; null when it cannot be read.</returns>
    ImmutableDictionary<string, string>? Find(NamespacedName name);
}
