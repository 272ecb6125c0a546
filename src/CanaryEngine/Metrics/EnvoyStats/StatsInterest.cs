using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Metrics.EnvoyStats;

/// <summary>Which services are being asked about. Proxies are read only for these, and only as long as somebody asks. Thread-safe.</summary>
/// <param name="time">The clock.</param>
internal sealed class StatsInterest(TimeProvider time)
{
    private readonly Lock _gate = new();
    private readonly Dictionary<NamespacedName, Wish> _wishes = [];

    /// <summary>Notes that a service is asked about.</summary>
    /// <param name="service">The service.</param>
    /// <param name="window">The window of the question.</param>
    /// <param name="keep">How long the service is read if nobody asks again.</param>
    public void Note(NamespacedName service, TimeSpan window, TimeSpan keep)
    {
        var until = time.GetUtcNow() + keep;
        lock (_gate)
        {
            _wishes[service] = _wishes.TryGetValue(service, out var known)
                ? new Wish(Max(known.Window, window), known.Until > until ? known.Until : until)
                : new Wish(window, until);
        }
    }

    /// <summary>The services asked about, with the longest window of each.</summary>
    public ImmutableDictionary<NamespacedName, TimeSpan> Current()
    {
        var now = time.GetUtcNow();
        lock (_gate)
        {
            foreach (var service in _wishes.Where(wish => wish.Value.Until <= now).Select(wish => wish.Key).ToArray())
            {
                _wishes.Remove(service);
            }

            return _wishes.ToImmutableDictionary(wish => wish.Key, wish => wish.Value.Window);
        }
    }

    private static TimeSpan Max(TimeSpan left, TimeSpan right) => left > right ? left : right;

    private sealed record Wish(TimeSpan Window, DateTimeOffset Until);
}
