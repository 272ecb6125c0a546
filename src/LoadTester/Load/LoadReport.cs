namespace XdsCanary.LoadTester.Load;

/// <summary>What a load showed.</summary>
/// <param name="Passed">Whether it kept within the plan's limits.</param>
/// <param name="Reason">Which limit it broke; empty when none.</param>
/// <param name="Requests">Requests that were answered or failed.</param>
/// <param name="Errors">Those answered with 5xx, or not at all.</param>
/// <param name="ErrorPercent">The same in percent.</param>
/// <param name="RequestsPerSecond">The rate that was reached.</param>
/// <param name="Codes">Answers by status; <c>none</c> for no answer.</param>
/// <param name="LatencyMs">How long answers took, from the moment at which the request was due.</param>
internal sealed record LoadReport(
    bool Passed,
    string Reason,
    long Requests,
    long Errors,
    double ErrorPercent,
    double RequestsPerSecond,
    SortedDictionary<string, long> Codes,
    LatencySummary LatencyMs);

/// <summary>Latencies in milliseconds, exact to a hundredth of their size.</summary>
/// <param name="Mean">The mean.</param>
/// <param name="P50">The median.</param>
/// <param name="P90">The 90th percentile.</param>
/// <param name="P95">The 95th percentile.</param>
/// <param name="P99">The 99th percentile.</param>
/// <param name="Max">The longest.</param>
internal sealed record LatencySummary(double Mean, double P50, double P90, double P95, double P99, double Max);
