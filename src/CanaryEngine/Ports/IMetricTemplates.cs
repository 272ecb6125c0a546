using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Ports;

/// <summary>Knows the MetricTemplate objects. Thread-safe.</summary>
public interface IMetricTemplates
{
    /// <summary>Finds a template.</summary>
    /// <param name="name">Its namespace and name.</param>
    /// <returns>The template; null when there is none, or none that is valid.</returns>
    MetricTemplateSpec? Find(NamespacedName name);
}
