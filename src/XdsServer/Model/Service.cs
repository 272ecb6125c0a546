using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Model;

/// <summary>A name under which clients reach a set of endpoints.</summary>
internal sealed record Service
{
    /// <summary>Namespace and name.</summary>
    public required NamespacedName Name { get; init; }

    /// <summary>The ports, in the order declared: the first HTTP port is the one that a bare host name means.</summary>
    public required EquatableArray<ServicePort> Ports { get; init; }

    /// <summary>The DNS name that stands for the endpoints; null for a service whose endpoints are listed.</summary>
    public string? ExternalName { get; init; }

    /// <summary>The virtual IP addresses of the service, in the order declared; empty for a service without one.</summary>
    public EquatableArray<string> ClusterAddresses { get; init; }

    /// <summary>
    /// Further host names that clients may use, in ordinal order without repeats: names, names with a port, <c>*.suffix</c>,
    /// <c>prefix.*</c>, or <c>*</c> for every host that no other service claims.
    /// </summary>
    public EquatableArray<string> Hosts { get; init; }

    /// <summary>The port that a bare host name means; null when no port speaks HTTP.</summary>
    public ServicePort? DefaultPort => Ports.Items.FirstOrDefault(port => port.IsHttp);

    /// <summary>Finds a port by its number.</summary>
    /// <param name="number">The number.</param>
    public ServicePort? Port(int number) => Ports.Items.FirstOrDefault(port => port.Number == number);
}
