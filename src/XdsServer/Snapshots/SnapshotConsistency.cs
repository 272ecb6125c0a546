using System.Collections.Immutable;

namespace XdsCanary.XdsServer.Snapshots;

/// <summary>
/// Checks that what a snapshot refers to is in it: a route to a cluster that does not exist fails requests, a cluster without
/// its endpoints never warms.
/// </summary>
internal static class SnapshotConsistency
{
    /// <summary>Lists the broken references.</summary>
    /// <param name="snapshot">The snapshot to check before it is published.</param>
    /// <param name="consistent">An earlier one that has no broken references; what is in both is not looked at again.</param>
    /// <returns>One sentence for each missing resource; empty for a consistent snapshot.</returns>
    public static ImmutableArray<string> Check(XdsSnapshot snapshot, XdsSnapshot? consistent = null)
    {
        var faults = ImmutableArray.CreateBuilder<string>();
        var (clusters, endpoints) = (snapshot.Get(ResourceType.Cluster), snapshot.Get(ResourceType.Endpoint));
        var (listeners, routes) = (snapshot.Get(ResourceType.Listener), snapshot.Get(ResourceType.Route));
        var search = new NameSearch(endpoints);
        var isKnown = IsSame(ResourceType.Cluster) && IsSame(ResourceType.Endpoint);
        foreach (var cluster in isKnown ? [] : clusters.Items)
        {
            if (cluster.EndpointsName is { } name && !search.Has(name))
            {
                faults.Add($"cluster {cluster.Name} has no endpoints resource {name}");
            }
        }

        CheckReferences(listeners, IsSame(ResourceType.Route) ? consistent : null, routes, "route configuration", faults);
        CheckReferences(routes, IsSame(ResourceType.Cluster) ? consistent : null, clusters, "cluster", faults);
        return faults.ToImmutable();

        bool IsSame(ResourceType type) => ReferenceEquals(snapshot.Get(type), consistent?.Get(type));
    }

    /// <summary>Looks for names that most often come in the order in which the set has them, with few left out.</summary>
    private struct NameSearch(TypedResources set)
    {
        private int _next;

        public bool Has(string name)
        {
            while (_next < set.Items.Length)
            {
                var order = string.CompareOrdinal(set.Items[_next].Name, name);
                if (order > 0)
                {
                    break;
                }

                _next++;
                if (order == 0)
                {
                    return true;
                }
            }

            return set.Find(name) is not null;
        }
    }

    private static void CheckReferences(
        TypedResources from, XdsSnapshot? consistent, TypedResources to, string what, ImmutableArray<string>.Builder faults)
    {
        foreach (var item in from.Items)
        {
            if (consistent?.Get(from.Type).Find(item.Name)?.References == item.References)
            {
                continue;
            }

            var search = new NameSearch(to);
            foreach (var reference in item.References)
            {
                if (!search.Has(reference))
                {
                    faults.Add($"{from.Type.Label} resource {item.Name} refers to {what} {reference}, which does not exist");
                }
            }
        }
    }
}
