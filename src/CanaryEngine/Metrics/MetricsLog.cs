using Microsoft.Extensions.Logging;

namespace XdsCanary.CanaryEngine.Metrics;

/// <summary>What metrics tell the log.</summary>
internal static partial class MetricsLog
{
    [LoggerMessage(MetricsEventIds.ProxyUnreadable, LogLevel.Warning, "The statistics of the proxy at {Endpoint} cannot be read: {Reason}")]
    public static partial void ProxyUnreadable(this ILogger logger, Uri endpoint, string reason);

    [LoggerMessage(MetricsEventIds.ProxyReadable, LogLevel.Information, "The statistics of the proxy at {Endpoint} can be read again")]
    public static partial void ProxyReadable(this ILogger logger, Uri endpoint);

    [LoggerMessage(MetricsEventIds.SamplingFailed, LogLevel.Error, "Reading the proxies' statistics has failed; it will be tried again")]
    public static partial void SamplingFailed(this ILogger logger, Exception fault);
}
