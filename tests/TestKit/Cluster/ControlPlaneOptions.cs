namespace XdsCanary.TestKit.Cluster;

/// <summary>What a control plane is to be like.</summary>
public sealed record ControlPlaneOptions
{
    /// <summary>An audit policy in YAML, which turns the audit log on; null for none.</summary>
    public string? AuditPolicy { get; init; }

    /// <summary>More arguments of kube-apiserver.</summary>
    public IReadOnlyList<string> ApiServerArguments { get; init; } = [];

    /// <summary>More arguments of kube-controller-manager.</summary>
    public IReadOnlyList<string> ControllerManagerArguments { get; init; } = [];
}
