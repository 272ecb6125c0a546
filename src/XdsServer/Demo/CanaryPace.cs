namespace XdsCanary.XdsServer.Demo;

/// <summary>How fast the demo's canary goes.</summary>
/// <param name="Interval">How long a step lasts.</param>
/// <param name="Window">What a check looks back over.</param>
/// <param name="Recovery">
/// How long the traffic is watched after a run. Longer than the window, so that the next run is not judged by this one's answers.
/// </param>
internal sealed record CanaryPace(TimeSpan Interval, TimeSpan Window, TimeSpan Recovery)
{
    /// <summary>Where the server reads the data plane itself.</summary>
    public static CanaryPace Direct { get; } =
        new(TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(3));

    /// <summary>Where Prometheus does, once a second: a rate needs two samples, and a late one must not empty the window.</summary>
    public static CanaryPace ByPrometheus { get; } =
        new(TimeSpan.FromSeconds(3), TimeSpan.FromSeconds(5), TimeSpan.FromSeconds(6));
}
