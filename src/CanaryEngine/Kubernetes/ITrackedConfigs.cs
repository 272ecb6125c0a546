using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>Knows what targets are configured by. Thread-safe.</summary>
internal interface ITrackedConfigs
{
    /// <summary>The checksums of the ConfigMaps and Secrets that a canary's target is configured by, by <c>kind/name</c>.</summary>
    /// <param name="spec">The canary.</param>
    ImmutableSortedDictionary<string, string> Of(CanarySpec spec);
}
