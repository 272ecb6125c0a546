using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>Finds secrets. Thread-safe; answers from memory.</summary>
public interface ISecrets
{
    /// <summary>Finds a secret.</summary>
    /// <param name="name">Its namespace and name.</param>
    /// <returns>Its values by key, decoded; null when there is no such secret.</returns>
    ImmutableDictionary<string, string>? Find(NamespacedName name);
}
