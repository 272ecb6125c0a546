using System.Collections.Immutable;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Metrics.EnvoyStats;

/// <summary>The histories of all services asked about at all proxies. Thread-safe.</summary>
internal sealed class ProxySamples
{
    private readonly Lock _gate = new();

    // By name as well: when a proxy's namespace becomes known, the counts of one name are no growth or loss of another's.
    private readonly Dictionary<(Uri Address, NamespacedName Service, string Name), StatsHistory> _histories = [];

    /// <summary>
    /// The names that a service may have in a proxy's statistics: its bare name at a proxy of its own namespace, for elsewhere that is a
    /// namesake; <c>namespace_name</c> at others; and either while the proxy's namespace is not known.
    /// </summary>
    /// <param name="service">The service.</param>
    /// <param name="proxy">The proxy.</param>
    public static ImmutableArray<string> NamesOf(NamespacedName service, ProxyEndpoint proxy)
    {
        var full = $"{service.Namespace}_{service.Name}";
        return proxy.Namespace is not { } own ? [service.Name, full] : own == service.Namespace ? [service.Name] : [full];
    }

    /// <summary>Adds what proxies said, and forgets what nobody asks about and who is gone for longer than any window.</summary>
    /// <param name="at">When they were read.</param>
    /// <param name="readings">What they said.</param>
    /// <param name="windows">The services asked about, with the longest window of each.</param>
    public void Add(
        DateTimeOffset at, IReadOnlyCollection<ProxyReading> readings, IReadOnlyDictionary<NamespacedName, TimeSpan> windows)
    {
        lock (_gate)
        {
            foreach (var reading in readings.Where(reading => reading.IsRead))
            {
                foreach (var (service, window) in windows)
                {
                    foreach (var name in NamesOf(service, reading.Proxy))
                    {
                        // A service that a proxy says nothing about has had no request there yet.
                        var counts = reading.Clusters.GetValueOrDefault(name, ClusterCounts.Zero);
                        HistoryOf((reading.Address, service, name)).Add(new StatsSample(at, counts), window);
                    }
                }
            }

            var forgotten = _histories
                .Where(entry => !windows.TryGetValue(entry.Key.Service, out var window) || entry.Value.LastAt < at - window)
                .Select(entry => entry.Key)
                .ToArray();
            foreach (var key in forgotten)
            {
                _histories.Remove(key);
            }
        }
    }

    /// <summary>What was counted for a service by all proxies over a window that ends now.</summary>
    /// <param name="service">The service.</param>
    /// <param name="now">The end of the window.</param>
    /// <param name="window">How long it is.</param>
    /// <returns>Null while no proxy was read twice.</returns>
    public StatsWindow? Over(NamespacedName service, DateTimeOffset now, TimeSpan window)
    {
        lock (_gate)
        {
            var parts = _histories
                .Where(entry => entry.Key.Service == service)
                .Select(entry => entry.Value.Over(now, window))
                .OfType<StatsWindow>()
                .ToArray();
            return parts.Length == 0
                ? null
                : parts.Aggregate((left, right) => new StatsWindow(
                    left.Growth.Plus(right.Growth), left.Covered > right.Covered ? left.Covered : right.Covered));
        }
    }

    private StatsHistory HistoryOf((Uri Address, NamespacedName Service, string Name) key)
    {
        if (!_histories.TryGetValue(key, out var history))
        {
            history = new StatsHistory();
            _histories.Add(key, history);
        }

        return history;
    }
}
