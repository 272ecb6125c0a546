using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Resources;

/// <summary>Lists the domains by which clients may name a service's port: its DNS names, its addresses, its further hosts.</summary>
internal static class DomainNames
{
    /// <summary>Lists the domains; the default port has each with and without its number, others only with it.</summary>
    /// <param name="service">The service.</param>
    /// <param name="port">An HTTP port of it.</param>
    /// <param name="group">The nodes; the bare service name is for those of its own namespace only.</param>
    /// <param name="options">Choices.</param>
    public static IEnumerable<DomainClaim> Claims(
        Service service, ServicePort port, NodeGroup group, ResourceOptions options)
    {
        var host = ResourceNames.VirtualHost(service, port);
        var isDefault = port == service.DefaultPort;
        foreach (var name in OwnNames(service, group, options))
        {
            if (isDefault)
            {
                yield return new DomainClaim(name, host, service.Name, true);
            }

            yield return new DomainClaim($"{name}:{port.Number}", host, service.Name, true);
        }

        foreach (var name in service.Hosts)
        {
            foreach (var domain in HostVariants(name, port, isDefault, options))
            {
                yield return new DomainClaim(domain.ToLowerInvariant(), host, service.Name, false);
            }
        }
    }

    private static IEnumerable<string> OwnNames(Service service, NodeGroup group, ResourceOptions options)
    {
        var (space, name) = service.Name;
        if (space == group.Namespace)
        {
            yield return name;
        }

        var domain = options.ClusterDomain.ToLowerInvariant();
        yield return $"{name}.{space}";
        yield return $"{name}.{space}.svc";
        yield return $"{name}.{space}.svc.{domain.Split('.')[0]}";
        yield return $"{name}.{space}.svc.{domain}";
        foreach (var address in service.ClusterAddresses)
        {
            yield return address.Contains(':') ? $"[{address}]" : address;
        }
    }

    // A client that reaches the proxy under a further host sends the number of the proxy's own port with it. A port can be
    // put behind neither a port nor a star.
    private static IEnumerable<string> HostVariants(string host, ServicePort port, bool isDefault, ResourceOptions options)
    {
        if (isDefault)
        {
            yield return host;
        }

        if (host.EndsWith('*') || HasPort(host))
        {
            yield break;
        }

        yield return $"{host}:{port.Number}";
        if (isDefault)
        {
            yield return $"{host}:{options.ListenerPort}";
        }
    }

    private static bool HasPort(string host) => host.LastIndexOf(':') > host.LastIndexOf(']');
}
