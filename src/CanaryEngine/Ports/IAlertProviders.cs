using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>Finds AlertProvider objects. Thread-safe; answers from memory.</summary>
public interface IAlertProviders
{
    /// <summary>Finds an AlertProvider.</summary>
    /// <param name="name">Its namespace and name.</param>
    /// <returns>What it says; null when there is no such object.</returns>
    AlertProviderSpec? Find(NamespacedName name);
}
