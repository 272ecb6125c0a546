namespace XdsCanary.CanaryEngine.Metrics;

/// <summary>The numbers of the metrics' log events: 2200 to 2299, never reused.</summary>
internal static class MetricsEventIds
{
    /// <summary>A proxy's statistics cannot be read.</summary>
    public const int ProxyUnreadable = 2200;

    /// <summary>A proxy's statistics can be read again.</summary>
    public const int ProxyReadable = 2201;

    /// <summary>Reading the proxies has failed.</summary>
    public const int SamplingFailed = 2202;
}
