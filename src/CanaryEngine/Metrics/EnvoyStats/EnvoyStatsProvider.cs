using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Metrics.EnvoyStats;

/// <summary>
/// Answers from the proxies' own statistics: reads them when asked, and computes over the samples kept since somebody began to
/// ask. Thread-safe.
/// </summary>
/// <param name="scraper">Reads the proxies.</param>
/// <param name="interest">Keeps them being read.</param>
/// <param name="samples">What they have said.</param>
/// <param name="time">The clock.</param>
internal sealed class EnvoyStatsProvider(
    ProxyScraper scraper, StatsInterest interest, ProxySamples samples, TimeProvider time)
{
    private const string NoProxy =
        "no proxy has told where this server can read its statistics: set node.metadata.admin in its bootstrap, or --envoy-admin";

    /// <summary>Begins to read the proxies for a service, so that a window exists when it is asked for.</summary>
    /// <param name="service">The service.</param>
    /// <param name="window">The window that will be asked for.</param>
    /// <param name="keep">How long to go on if nobody asks.</param>
    public void Watch(NamespacedName service, TimeSpan window, TimeSpan keep) => interest.Note(service, window, keep);

    /// <summary>Asks for a value.</summary>
    /// <param name="query">What.</param>
    /// <param name="window">Over how long.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async ValueTask<MetricAnswer> QueryAsync(EnvoyQuery query, TimeSpan window, CancellationToken cancellationToken)
    {
        // Without further words, until the same window could be asked for once more.
        interest.Note(query.Service, window, window + TimeSpan.FromMinutes(1));
        var result = await scraper.ScrapeAsync(cancellationToken);
        var asked = new MetricAnswer(null)
        {
            Query = $"{query} over {window.TotalSeconds:0.###} s",
            Provider = MetricProviderType.Envoy,
        };
        if (FindOutage(result) is { Length: > 0 } outage)
        {
            return asked with { Missing = InconclusiveKind.Outage, Error = outage, Raw = ShortText.Cut(outage) };
        }

        var counted = samples.Over(query.Service, time.GetUtcNow(), window);
        var read = Describe(result);
        if (counted is null)
        {
            const string TooEarly = "no values found: the proxies were read only once so far";
            return asked with { Missing = InconclusiveKind.NoTraffic, Error = TooEarly, Raw = ShortText.Cut($"one sample; {read}") };
        }

        var answer = asked with { Samples = counted.Requests, Raw = ShortText.Cut($"{counted}; {read}") };
        return query.ValueOf(counted) is { } value
            ? answer with { Value = value }
            : answer with { Missing = InconclusiveKind.NoTraffic, Error = $"no values found: {counted}" };
    }

    /// <summary>Asks whether any proxy can be read.</summary>
    /// <param name="service">A service to ask about.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <returns>Why none can; empty when one can.</returns>
    public async ValueTask<string> ProbeAsync(NamespacedName service, CancellationToken cancellationToken)
    {
        interest.Note(service, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(1));
        return FindOutage(await scraper.ScrapeAsync(cancellationToken));
    }

    private static string FindOutage(ScrapeResult result) =>
        result.Readings.IsEmpty ? NoProxy
        : result.Readings.Any(reading => reading.IsRead) ? string.Empty
        : $"no proxy's statistics can be read: {result.DescribeUnread()}";

    private static string Describe(ScrapeResult result)
    {
        var read = result.Readings.Count(reading => reading.IsRead);
        var unread = result.DescribeUnread();
        return $"read at {read} of {result.Readings.Length} proxies{(unread.Length > 0 ? $" (not at {unread})" : string.Empty)}";
    }
}
