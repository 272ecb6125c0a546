namespace XdsCanary.CanaryEngine.Resources;

/// <summary>What objects are read for.</summary>
public sealed record MapperOptions
{
    /// <summary>There is no Kubernetes: only Services can be released.</summary>
    public bool Standalone { get; init; }

    /// <summary>Canaries may refer to objects of their own namespace only.</summary>
    public bool NoCrossNamespaceReferences { get; init; }
}
