namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>Keys of labels and annotations that mean something to the engine, and whose they are. Pure.</summary>
internal static class MetadataKeys
{
    /// <summary>The revision that a primary has, on the workload (not on its pods, which would restart for it).</summary>
    public const string Revision = "xdscanary.io/revision";

    /// <summary>Hosts that lead to a Service, and may lead to one only.</summary>
    public const string Hosts = "xdscanary.io/hosts";

    /// <summary>What Flagger writes into the pods of a primary at each promotion, so that they restart (H-18).</summary>
    public const string FlaggerId = "flagger-id";

    /// <summary>Key of a node selector that no node has: it stops a DaemonSet.</summary>
    public const string ScaleToZero = "flagger.app/scale-to-zero";

    /// <summary>An annotation of ConfigMaps and Secrets whose value says that they are not copied.</summary>
    public const string ConfigTracking = "flagger.app/config-tracking";

    /// <summary>What <c>kubectl apply</c> remembers of an object; it names the object, and is wrong on a copy.</summary>
    public const string LastApplied = "kubectl.kubernetes.io/last-applied-configuration";

    /// <summary>The label that says who made an object.</summary>
    public const string ManagedBy = "app.kubernetes.io/managed-by";

    /// <summary>The value of <see cref="ManagedBy"/>.</summary>
    public const string Product = "xds-canary";

    /// <summary>Annotations that keep Flux from undoing what is written into Services.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> ToolkitOff { get; } =
    [
        KeyValuePair.Create("helm.toolkit.fluxcd.io/driftDetection", "disabled"),
        KeyValuePair.Create("kustomize.toolkit.fluxcd.io/reconcile", "disabled"),
    ];

    /// <summary>True for a key of Flux, which would take a copy that has it for an object of its own.</summary>
    /// <param name="key">The key.</param>
    public static bool IsToolkit(string key) => key.Contains("toolkit.fluxcd.io", StringComparison.Ordinal);

    /// <summary>
    /// True for an annotation that may be copied from an object to the one made after it: not Flux's, not kubectl's memory, not what
    /// a controller of the cluster writes about this very object, and not what only one object may say.
    /// </summary>
    /// <param name="key">The key.</param>
    public static bool IsCopied(string key) => !IsToolkit(key)
        && key is not (LastApplied or Revision or Hosts or "deprecated.daemonset.template.generation")
        && !key.StartsWith("deployment.kubernetes.io/", StringComparison.Ordinal);
}
