using System.Collections.Concurrent;
using System.Runtime.CompilerServices;
using XdsCanary.DemoProxy.Model;

namespace XdsCanary.DemoProxy.Serving;

/// <summary>Takes the healthy endpoints of a cluster in turn, across changes of the configuration. Thread-safe.</summary>
internal sealed class EndpointPicker
{
    private readonly ConcurrentDictionary<string, StrongBox<uint>> _turns = new(StringComparer.Ordinal);

    /// <summary>The next endpoint; null when the cluster has no healthy one.</summary>
    /// <param name="cluster">The cluster.</param>
    public ProxyEndpoint? Next(ServingCluster cluster)
    {
        var usable = cluster.Endpoints.Usable;
        if (usable.IsEmpty)
        {
            return null;
        }

        var turn = _turns.GetOrAdd(cluster.Spec.Name, _ => new StrongBox<uint>(uint.MaxValue));
        return usable[(int)(Interlocked.Increment(ref turn.Value) % (uint)usable.Length)];
    }
}
