using Envoy.Config.Route.V3;
using Route = Envoy.Config.Route.V3.Route;

namespace XdsCanary.XdsServer.Resources;

/// <summary>
/// Looks for what makes Envoy reject a route configuration as a whole. Readers of objects catch these faults at the field;
/// this is the last check before one fault takes every other virtual host down with it.
/// </summary>
internal static class VirtualHostCheck
{
    /// <summary>Checks a virtual host.</summary>
    /// <param name="host">The virtual host.</param>
    /// <returns>What is wrong; null when Envoy takes it.</returns>
    public static string? Find(VirtualHost host)
    {
        if (host.Domains.Count == 0 || host.Domains.Any(string.IsNullOrEmpty))
        {
            return "it has no domain, or an empty one";
        }

        foreach (var route in host.Routes)
        {
            if (FindInWeights(route) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    // Envoy: the sum of weights must be above 0 and fit into 32 bits.
    private static string? FindInWeights(Route route)
    {
        if (route.Route_?.WeightedClusters is not { } weighted)
        {
            return null;
        }

        var sum = weighted.Clusters.Sum(cluster => (decimal)(cluster.Weight ?? 0));
        return sum is > 0 and <= uint.MaxValue ? null : $"the weights of route '{route.Name}' sum to {sum}";
    }
}
