namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>A container needs a ConfigMap, Secret or key that is not there.</summary>
internal sealed class ConfigMissingException(string message) : Exception(message);
