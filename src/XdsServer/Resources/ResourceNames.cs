using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Resources;

/// <summary>Makes every name that generated resources have. No other code puts such a name together.</summary>
internal static class ResourceNames
{
    /// <summary>The listener, and the prefix of its statistics.</summary>
    public const string Listener = "http";

    /// <summary>The route configuration of the listener.</summary>
    public const string RouteConfiguration = Listener;

    /// <summary>The cluster of a service's port, and its endpoints.</summary>
    /// <param name="service">The service.</param>
    /// <param name="port">Its port number.</param>
    public static string Cluster(NamespacedName service, int port) => $"{service.Namespace}/{service.Name}:{port}";

    /// <summary>
    /// The name of a cluster in statistics. That of a service's main port is the bare service name for the nodes of its own
    /// namespace, which is what dashboards ask for; other ports carry their number, because clusters that share a name would
    /// overwrite each other's gauges.
    /// </summary>
    /// <param name="service">The service.</param>
    /// <param name="port">The port.</param>
    /// <param name="group">The nodes.</param>
    public static string Statistics(Service service, ServicePort port, NodeGroup group)
    {
        var name = service.Name.Namespace == group.Namespace
            ? service.Name.Name
            : $"{service.Name.Namespace}_{service.Name.Name}";
        return port == (service.DefaultPort ?? service.Ports[0]) ? name : $"{name}_{port.Number}";
    }

    /// <summary>The virtual host of a service's port: the default port has the service's name, others carry their number.</summary>
    /// <param name="service">The service.</param>
    /// <param name="port">The port.</param>
    public static string VirtualHost(Service service, ServicePort port) => port == service.DefaultPort
        ? $"{service.Name.Name}.{service.Name.Namespace}"
        : $"{service.Name.Name}.{service.Name.Namespace}:{port.Number}";
}
