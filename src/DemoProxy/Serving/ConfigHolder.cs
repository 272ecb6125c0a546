using System.Threading.Channels;
using XdsCanary.DemoProxy.Model;
using XdsCanary.DemoProxy.Stats;

namespace XdsCanary.DemoProxy.Serving;

/// <summary>
/// The configuration in service. One writer replaces it whole, requests read it, one waiter learns of changes. Thread-safe.
/// </summary>
/// <param name="stats">The statistics, whose clusters follow the configuration.</param>
internal sealed class ConfigHolder(ProxyStats stats)
{
    private readonly Channel<bool> _changes = Channel.CreateBounded<bool>(
        new BoundedChannelOptions(1) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });

    private volatile ProxyConfig _current = ProxyConfig.Empty;

    /// <summary>The configuration now.</summary>
    public ProxyConfig Current => _current;

    /// <summary>Puts a configuration into service: requests that arrive from now on see it.</summary>
    /// <param name="config">The configuration.</param>
    public void Publish(ProxyConfig config)
    {
        stats.KeepClusters(config.Clusters.Values.Select(cluster => cluster.Spec.StatName).ToHashSet(StringComparer.Ordinal));
        _current = config;
        _changes.Writer.TryWrite(true);
    }

    /// <summary>Waits until the configuration has changed since the last wait ended.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task WaitForChangeAsync(CancellationToken cancellationToken) =>
        await _changes.Reader.ReadAsync(cancellationToken);
}
