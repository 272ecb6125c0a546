using System.Collections.Immutable;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>How targets in a cluster are treated.</summary>
public sealed record ClusterOptions
{
    /// <summary>Labels of a target's selector that may tell its pods, the one to take first (Flagger's <c>-selector-labels</c>).</summary>
    public ImmutableArray<string> SelectorLabels { get; init; } = ["app", "name", "app.kubernetes.io/name"];

    /// <summary>
    /// Prefixes of labels and annotations that are copied from a target to its primary (<c>-include-label-prefix</c>); <c>*</c> for all.
    /// </summary>
    public ImmutableArray<string> IncludeLabelPrefixes { get; init; } = [];

    /// <summary>Whether ConfigMaps and Secrets are part of a revision (<c>-enable-config-tracking</c>).</summary>
    public bool ConfigTracking { get; init; } = true;

    /// <summary>Canaries may refer to objects of their own namespace only (<c>-no-cross-namespace-refs</c>).</summary>
    public bool NoCrossNamespaceReferences { get; init; }

    /// <summary>The name of this replica, for events.</summary>
    public string Instance { get; init; } = string.Empty;
}
