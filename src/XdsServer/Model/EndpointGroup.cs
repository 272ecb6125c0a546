using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Model;

/// <summary>The endpoints behind one port of a service.</summary>
/// <param name="Service">The service.</param>
/// <param name="Port">The service's port number.</param>
/// <param name="Endpoints">
/// The endpoints, unique by address and port, ordered by zone, address and port; empty when none is usable.
/// </param>
internal sealed record EndpointGroup(NamespacedName Service, int Port, EquatableArray<Endpoint> Endpoints);
