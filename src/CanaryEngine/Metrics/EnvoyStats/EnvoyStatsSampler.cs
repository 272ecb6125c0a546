using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace XdsCanary.CanaryEngine.Metrics.EnvoyStats;

/// <summary>Reads the proxies over and over while somebody asks about a service; reads nothing while nobody does.</summary>
/// <param name="scraper">Reads them.</param>
/// <param name="options">How often.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class EnvoyStatsSampler(
    ProxyScraper scraper, MetricsOptions options, TimeProvider time, ILogger<EnvoyStatsSampler> logger) : BackgroundService
{
    /// <inheritdoc/>
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        using var timer = new PeriodicTimer(options.SampleInterval, time);
        while (await timer.WaitForNextTickAsync(stoppingToken))
        {
            try
            {
                await scraper.ScrapeAsync(stoppingToken);
            }
            catch (Exception fault) when (!stoppingToken.IsCancellationRequested)
            {
                // The next second is another chance; the loop must not end.
                logger.SamplingFailed(fault);
            }
        }
    }
}
