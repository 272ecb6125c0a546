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
    /// <returns>One sentence for each missing resource; empty for a consistent snapshot.</returns>
    public static ImmutableArray<string> Check(XdsSnapshot snapshot)
    {
        var faults = ImmutableArray.CreateBuilder<string>();
        var (clusters, endpoints) = (snapshot.Get(ResourceType.Cluster), snapshot.Get(ResourceType.Endpoint));
        var (listeners, routes) = (snapshot.Get(ResourceType.Listener), snapshot.Get(ResourceType.Route));
        foreach (var cluster in clusters.Items)
        {
            if (cluster.EndpointsName is { } name && endpoints.Find(name) is null)
            {
                faults.Add($"cluster {cluster.Name} has no endpoints resource {name}");
            }
        }

        CheckReferences(listeners, routes, "route configuration", faults);
        CheckReferences(routes, clusters, "cluster", faults);
        return faults.ToImmutable();
    }

    private static void CheckReferences(
        TypedResources from, TypedResources to, string what, ImmutableArray<string>.Builder faults)
    {
        foreach (var item in from.Items)
        {
            foreach (var reference in item.References)
            {
                if (to.Find(reference) is null)
                {
                    faults.Add($"{from.Type.Label} resource {item.Name} refers to {what} {reference}, which does not exist");
                }
            }
        }
    }
}
