namespace XdsCanary.TestKit.Cluster;

/// <summary>What a cluster is to be like.</summary>
public sealed record ClusterOptions
{
    /// <summary>What its node can run; podinfo by default.</summary>
    public ImageTable? Images { get; init; }

    /// <summary>Namespaces to make.</summary>
    public IReadOnlyList<string> Namespaces { get; init; } = ["test"];

    /// <summary>The namespace whose Services have names without a namespace, too; null for none.</summary>
    public string? BareNamesOf { get; init; } = "test";

    /// <summary>Labels of the node.</summary>
    public IReadOnlyDictionary<string, string> NodeLabels { get; init; } = new Dictionary<string, string>();

    /// <summary>The control plane's settings.</summary>
    public ControlPlaneOptions ControlPlane { get; init; } = new();
}
