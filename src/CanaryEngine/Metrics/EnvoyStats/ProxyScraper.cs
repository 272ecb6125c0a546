using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Metrics.EnvoyStats;

/// <summary>Reads all proxies, side by side, and keeps what they say. One reading at a time. Thread-safe.</summary>
/// <param name="proxies">Where they are.</param>
/// <param name="reader">Reads one.</param>
/// <param name="interest">What is asked about.</param>
/// <param name="samples">Where it is kept.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class ProxyScraper(
    IProxyStats proxies,
    EnvoyStatsReader reader,
    StatsInterest interest,
    ProxySamples samples,
    TimeProvider time,
    ILogger<ProxyScraper> logger) : IDisposable
{
    private const int SideBySide = 32;

    private readonly SemaphoreSlim _turn = new(1);
    private readonly HashSet<Uri> _unreadable = [];

    // Questions of one check come together; one reading answers them all.
    private static readonly TimeSpan FreshEnough = TimeSpan.FromMilliseconds(100);

    private ScrapeResult? _last;

    /// <summary>Reads the proxies if anything is asked about, unless that has just been done.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task<ScrapeResult> ScrapeAsync(CancellationToken cancellationToken)
    {
        await _turn.WaitAsync(cancellationToken);
        try
        {
            var windows = interest.Current();
            if (_last is not null && time.GetUtcNow() - _last.At < FreshEnough && windows.Keys.All(_last.Services.Contains))
            {
                return _last;
            }

            var readings = windows.IsEmpty ? [] : await ReadAsync(
                await proxies.FindAsync(cancellationToken), [.. windows.Keys], cancellationToken);
            var now = time.GetUtcNow();
            samples.Add(now, readings, windows);
            Note(readings);
            _last = new ScrapeResult(now, [.. windows.Keys], readings);
            return _last;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _turn.Dispose();

    private async Task<ImmutableArray<ProxyReading>> ReadAsync(
        ImmutableArray<ProxyEndpoint> found, NamespacedName[] services, CancellationToken cancellationToken)
    {
        var readings = new ProxyReading[found.Length];
        var options = new ParallelOptions { MaxDegreeOfParallelism = SideBySide, CancellationToken = cancellationToken };
        await Parallel.ForAsync(0, found.Length, options, async (index, token) =>
        {
            var names = services.SelectMany(service => ProxySamples.NamesOf(service, found[index]));
            readings[index] = await reader.ReadAsync(found[index], [.. names], token);
        });
        return [.. readings];
    }

    // Each turn for the worse or the better is told once.
    private void Note(ImmutableArray<ProxyReading> readings)
    {
        foreach (var reading in readings)
        {
            if (reading.IsRead && _unreadable.Remove(reading.Address))
            {
                logger.ProxyReadable(reading.Address);
            }
            else if (!reading.IsRead && _unreadable.Add(reading.Address))
            {
                logger.ProxyUnreadable(reading.Address, reading.Problem);
            }
        }

        _unreadable.IntersectWith(readings.Select(reading => reading.Address));
    }
}

/// <summary>What became of a reading of all proxies.</summary>
/// <param name="At">When.</param>
/// <param name="Services">The services that were asked about.</param>
/// <param name="Readings">What each proxy said.</param>
internal sealed record ScrapeResult(
    DateTimeOffset At, ImmutableHashSet<NamespacedName> Services, ImmutableArray<ProxyReading> Readings)
{
    /// <summary>Those that could not be read, with the reason; the first few.</summary>
    public string DescribeUnread()
    {
        const int Shown = 3;
        var unread = Readings.Where(reading => !reading.IsRead).ToArray();
        var names = string.Join(
            "; ",
            unread.Take(Shown).Select(reading => $"{reading.Address.GetLeftPart(UriPartial.Authority)}: {reading.Problem}"));
        return unread.Length > Shown ? $"{names}; and {unread.Length - Shown} more" : names;
    }
}
