using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Model;

/// <summary>
/// What the mesh should look like: every service, its endpoints and how its requests are shared. Immutable, sorted, compared
/// by value; parts that did not change are the same instances as in the state before.
/// </summary>
internal sealed record MeshState
{
    /// <summary>A mesh without services.</summary>
    public static MeshState Empty { get; } = new();

    /// <summary>The services, by name.</summary>
    public EquatableArray<Service> Services { get; init; }

    /// <summary>The endpoints, by service and port; a port without any may be absent.</summary>
    public EquatableArray<EndpointGroup> Endpoints { get; init; }

    /// <summary>
    /// The rules, by root and port; those of one port stand in the order in which they are tried, the one without a match last.
    /// </summary>
    public EquatableArray<TrafficSplitRule> Rules { get; init; }

    /// <summary>Finds a service.</summary>
    /// <param name="name">Namespace and name.</param>
    public Service? FindService(NamespacedName name)
    {
        var index = FirstIndex(Services.Items, service => service.Name.CompareTo(name));
        return index < Services.Count && Services[index].Name == name ? Services[index] : null;
    }

    /// <summary>Finds the endpoints behind a port.</summary>
    /// <param name="service">The service.</param>
    /// <param name="port">Its port number.</param>
    public EndpointGroup? FindEndpoints(NamespacedName service, int port)
    {
        var index = FirstIndex(Endpoints.Items, group => Compare(group.Service, group.Port, service, port));
        return index < Endpoints.Count && Compare(Endpoints[index].Service, Endpoints[index].Port, service, port) == 0
            ? Endpoints[index]
            : null;
    }

    /// <summary>Lists the rules of a service, all ports.</summary>
    /// <param name="root">The service.</param>
    public EquatableArray<TrafficSplitRule> RulesOf(NamespacedName root)
    {
        var first = FirstIndex(Rules.Items, rule => rule.Root.CompareTo(root));
        var end = first;
        while (end < Rules.Count && Rules[end].Root == root)
        {
            end++;
        }

        return Rules.Items.Slice(first, end - first);
    }

    private static int Compare(NamespacedName service, int port, NamespacedName otherService, int otherPort)
    {
        var byService = service.CompareTo(otherService);
        return byService != 0 ? byService : port.CompareTo(otherPort);
    }

    private static int FirstIndex<T>(ImmutableArray<T> sorted, Func<T, int> compare)
    {
        var low = 0;
        var high = sorted.Length;
        while (low < high)
        {
            var middle = (low + high) >>> 1;
            if (compare(sorted[middle]) < 0)
            {
                low = middle + 1;
            }
            else
            {
                high = middle;
            }
        }

        return low;
    }
}
