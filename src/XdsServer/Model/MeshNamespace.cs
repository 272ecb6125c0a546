using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Model;

/// <summary>
/// What the mesh should look like in one namespace. Nothing in it depends on objects of another namespace. Immutable and sorted;
/// parts that did not change are the same instances as before.
/// </summary>
internal sealed record MeshNamespace
{
    /// <summary>The name of the namespace.</summary>
    public required string Name { get; init; }

    /// <summary>The services, by name.</summary>
    public EquatableArray<Service> Services { get; init; }

    /// <summary>The endpoints, by service and port; a port without any may be absent.</summary>
    public EquatableArray<EndpointGroup> Endpoints { get; init; }

    /// <summary>
    /// The rules of each service that has any, by port; those of one port stand in the order in which they are tried, the one
    /// without a match last.
    /// </summary>
    public ImmutableSortedDictionary<NamespacedName, EquatableArray<TrafficSplitRule>> Rules { get; init; } =
        ImmutableSortedDictionary<NamespacedName, EquatableArray<TrafficSplitRule>>.Empty;

    /// <summary>Tells whether another says the same.</summary>
    /// <param name="other">The other.</param>
    public bool IsSame(MeshNamespace other) => ReferenceEquals(this, other)
        || (Name == other.Name && Services == other.Services && Endpoints == other.Endpoints
        && (ReferenceEquals(Rules, other.Rules)
            || (Rules.Count == other.Rules.Count
                && Rules.Zip(other.Rules).All(pair => pair.First.Key == pair.Second.Key && pair.First.Value == pair.Second.Value))));

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
    public EquatableArray<TrafficSplitRule> RulesOf(NamespacedName root) => Rules.GetValueOrDefault(root);

    /// <summary>The services whose rules are not the same in another state of the namespace.</summary>
    /// <param name="other">The other state.</param>
    public IEnumerable<NamespacedName> ChangedRoots(MeshNamespace other)
    {
        using var mine = Rules.GetEnumerator();
        using var theirs = other.Rules.GetEnumerator();
        var (hasMine, hasTheirs) = (mine.MoveNext(), theirs.MoveNext());
        while (hasMine || hasTheirs)
        {
            var order = !hasMine ? 1 : !hasTheirs ? -1 : mine.Current.Key.CompareTo(theirs.Current.Key);
            if (order != 0 || mine.Current.Value != theirs.Current.Value)
            {
                yield return order <= 0 ? mine.Current.Key : theirs.Current.Key;
            }

            hasMine = order <= 0 ? mine.MoveNext() : hasMine;
            hasTheirs = order >= 0 ? theirs.MoveNext() : hasTheirs;
        }
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
