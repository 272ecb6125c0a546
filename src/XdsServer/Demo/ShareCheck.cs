namespace XdsCanary.XdsServer.Demo;

/// <summary>Tells whether an observed share of requests fits a wanted one.</summary>
internal static class ShareCheck
{
    /// <summary>How many standard deviations an observed share may be off: by chance one step in 16,000 is.</summary>
    public const double Sigmas = 4;

    /// <summary>The standard deviation of the share that is observed when each request is decided by chance.</summary>
    /// <param name="share">The wanted share, from 0 to 1.</param>
    /// <param name="requests">The number of requests; positive.</param>
    public static double Sigma(double share, int requests) => Math.Sqrt(share * (1 - share) / requests);

    /// <summary>Tells whether a count fits. A share of 0 or 1 leaves nothing to chance and allows no exception.</summary>
    /// <param name="hits">The requests that went to the version.</param>
    /// <param name="requests">All requests.</param>
    /// <param name="share">The wanted share, from 0 to 1.</param>
    public static bool Fits(int hits, int requests, double share) =>
        requests > 0 && Math.Abs(((double)hits / requests) - share) <= (Sigmas * Sigma(share, requests)) + 1e-9;
}
