using System.Collections.Concurrent;

namespace XdsCanary.DemoProxy.Stats;

/// <summary>All counters of the data plane. Thread-safe.</summary>
internal sealed class ProxyStats
{
    private readonly ConcurrentDictionary<string, ClusterStats> _clusters = new(StringComparer.Ordinal);
    private readonly ConcurrentDictionary<string, DownstreamStats> _downstreams = new(StringComparer.Ordinal);
    private volatile bool _connected;

    /// <summary>Whether a stream to the control plane is open.</summary>
    public bool Connected
    {
        get => _connected;
        set => _connected = value;
    }

    /// <summary>The counters of the clusters, by their names in statistics.</summary>
    public IEnumerable<KeyValuePair<string, ClusterStats>> Clusters => _clusters;

    /// <summary>The counters of the HTTP connection managers, by stat_prefix.</summary>
    public IEnumerable<KeyValuePair<string, DownstreamStats>> Downstreams => _downstreams;

    /// <summary>The counters of a cluster; made when there are none yet.</summary>
    /// <param name="statName">The cluster's name in statistics.</param>
    public ClusterStats Cluster(string statName) => _clusters.GetOrAdd(statName, _ => new ClusterStats());

    /// <summary>The counters of an HTTP connection manager; made when there are none yet.</summary>
    /// <param name="statPrefix">Its stat_prefix.</param>
    public DownstreamStats Downstream(string statPrefix) => _downstreams.GetOrAdd(statPrefix, _ => new DownstreamStats());

    /// <summary>Makes the counters of clusters, and drops those of clusters that are gone, as Envoy does.</summary>
    /// <param name="statNames">The clusters that there are.</param>
    public void KeepClusters(IReadOnlySet<string> statNames)
    {
        foreach (var name in statNames)
        {
            Cluster(name);
        }

        foreach (var gone in _clusters.Keys.Where(name => !statNames.Contains(name)))
        {
            _clusters.TryRemove(gone, out _);
        }
    }
}
