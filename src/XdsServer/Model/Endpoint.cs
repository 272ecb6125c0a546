namespace XdsCanary.XdsServer.Model;

/// <summary>Whether an endpoint takes new requests.</summary>
internal enum EndpointHealth
{
    /// <summary>It does.</summary>
    Healthy,

    /// <summary>It is shutting down: it finishes what it has and takes nothing new.</summary>
    Draining,
}

/// <summary>One address behind a service's port.</summary>
/// <param name="Address">An IP address in canonical form.</param>
/// <param name="Port">The number that the endpoint listens on, 1 to 65535.</param>
/// <param name="Health">Whether it takes new requests.</param>
/// <param name="Zone">The failure zone it runs in; empty when unknown.</param>
internal sealed record Endpoint(string Address, int Port, EndpointHealth Health, string Zone);
