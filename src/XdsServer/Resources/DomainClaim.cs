using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Resources;

/// <summary>A domain that a virtual host wants.</summary>
/// <param name="Domain">The domain in lower case: Envoy compares without regard to case.</param>
/// <param name="VirtualHost">The virtual host.</param>
/// <param name="Service">The service behind it.</param>
/// <param name="IsGenerated">True for a name that follows from the service's own; false for one that its owner added.</param>
internal sealed record DomainClaim(string Domain, string VirtualHost, NamespacedName Service, bool IsGenerated);
