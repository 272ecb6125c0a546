namespace XdsCanary.CanaryEngine.Core;

/// <summary>The services made for a canary, <c>spec.service</c>.</summary>
public sealed record CanaryService
{
    /// <summary>The apex service's name, A; the target's name when not given.</summary>
    public required string Name { get; init; }

    /// <summary><c>hosts</c>; the first is the TrafficSplit's <c>spec.service</c>.</summary>
    public EquatableArray<string> Hosts { get; init; }

    /// <summary><c>port</c>, 1 to 65535; 0 when not given, which a Service target allows: its own ports count.</summary>
    public int Port { get; init; }

    /// <summary><c>portName</c>.</summary>
    public string PortName { get; init; } = "http";

    /// <summary><c>targetPort</c> as written, a number or a name; empty for the same as <see cref="Port"/>.</summary>
    public string TargetPort { get; init; } = string.Empty;

    /// <summary><c>appProtocol</c>; empty when not given.</summary>
    public string AppProtocol { get; init; } = string.Empty;

    /// <summary><c>portDiscovery</c>: the made services have the ports of the target's containers, too.</summary>
    public bool PortDiscovery { get; init; }

    /// <summary><c>headless</c>: the made services have no address of their own.</summary>
    public bool Headless { get; init; }

    /// <summary><c>trafficDistribution</c>, such as PreferClose; empty when not given.</summary>
    public string TrafficDistribution { get; init; } = string.Empty;

    /// <summary><c>apex</c>: labels and annotations of the service that clients call.</summary>
    public CustomMetadata ApexMetadata { get; init; } = CustomMetadata.None;

    /// <summary><c>primary</c>: labels and annotations of the primary's service.</summary>
    public CustomMetadata PrimaryMetadata { get; init; } = CustomMetadata.None;

    /// <summary><c>canary</c>: labels and annotations of the canary's service.</summary>
    public CustomMetadata CanaryMetadata { get; init; } = CustomMetadata.None;

    /// <summary><c>unmanagedMetadata</c>: what others may write into the made services.</summary>
    public UnmanagedMetadata UnmanagedMetadata { get; init; } = UnmanagedMetadata.None;
}

/// <summary>Labels and annotations that a canary asks for.</summary>
/// <param name="Labels">Labels, sorted by key.</param>
/// <param name="Annotations">Annotations, sorted by key.</param>
public sealed record CustomMetadata(EquatableArray<TemplateVariable> Labels, EquatableArray<TemplateVariable> Annotations)
{
    /// <summary>Neither.</summary>
    public static CustomMetadata None { get; } = new([], []);
}

/// <summary>Keys that the engine leaves as it finds them.</summary>
/// <param name="Labels">Keys of labels.</param>
/// <param name="Annotations">Keys of annotations.</param>
public sealed record UnmanagedMetadata(EquatableArray<string> Labels, EquatableArray<string> Annotations)
{
    /// <summary>None.</summary>
    public static UnmanagedMetadata None { get; } = new([], []);
}
