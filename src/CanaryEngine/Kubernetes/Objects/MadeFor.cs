using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>What the objects of one canary are made by. Immutable.</summary>
/// <param name="Spec">The canary.</param>
/// <param name="Selector">The label that tells the target's pods.</param>
/// <param name="Owner">The Canary object.</param>
/// <param name="Prefixes">Which labels and annotations are taken over.</param>
internal sealed record MadeFor(CanarySpec Spec, SelectorLabel Selector, CanaryOwner Owner, IncludePrefixes Prefixes)
{
    /// <summary>The namespace of all of them.</summary>
    public string Namespace => Spec.Key.Namespace;

    /// <summary>The primary workload's name, <c>T-primary</c>.</summary>
    public string PrimaryName => $"{Spec.Target.Name}-primary";
}
