using XdsCanary.XdsServer.Admin;

namespace XdsCanary.XdsServer.Client;

/// <summary>What <c>watch</c> shows of a canary, and when it ends. Pure.</summary>
internal static class WatchLines
{
    private const int BarWidth = 20;

    /// <summary>The headings of the table.</summary>
    public static readonly IReadOnlyList<string> Headings =
        ["canary", "phase", "weight", "wanted", "acknowledged", "failed checks", "last event"];

    /// <summary>A row of the table.</summary>
    /// <param name="canary">The canary.</param>
    public static string[] Row(CanaryStatusView canary) =>
    [
        $"{canary.Namespace}/{canary.Name}",
        Phase(canary),
        $"{WeightPlot.Bar(canary.Weight, BarWidth)} {canary.Weight,3}%",
        Wanted(canary),
        canary.Traffic is { } traffic ? $"{traffic.Converged}/{traffic.Proxies}" : string.Empty,
        $"{canary.FailedChecks}/{canary.Spec?.Threshold ?? 0}",
        canary.LastEvent ?? string.Empty,
    ];

    /// <summary>The same in a line of text, for a log.</summary>
    /// <param name="canary">The canary.</param>
    public static string Line(CanaryStatusView canary) =>
        $"{canary.Namespace}/{canary.Name} {Phase(canary)} weight {canary.Weight} "
        + $"acknowledged {canary.Traffic?.Converged ?? 0}/{canary.Traffic?.Proxies ?? 0} "
        + $"failed checks {canary.FailedChecks}/{canary.Spec?.Threshold ?? 0}"
        + (canary.LastEvent is { } last ? $": {last}" : string.Empty);

    /// <summary>Whether what is waited for has come.</summary>
    /// <param name="phase">The canary's phase.</param>
    /// <param name="until">What is waited for.</param>
    /// <returns>True when it has, false when it will not, null while it may.</returns>
    public static bool? HasCome(string phase, WatchGoal until) => (until, phase) switch
    {
        (WatchGoal.Succeeded or WatchGoal.Idle, "Succeeded") or (WatchGoal.Failed, "Failed") => true,
        (WatchGoal.Succeeded or WatchGoal.Idle, "Failed") or (WatchGoal.Failed, "Succeeded") => false,
        (WatchGoal.Idle, "Initialized") => true,
        _ => null,
    };

    private static string Phase(CanaryStatusView canary) =>
        (canary.Phase.Length > 0 ? canary.Phase : "-") + (canary.Paused ? " (paused)" : string.Empty);

    private static string Wanted(CanaryStatusView canary) => canary.Traffic is { } traffic
        ? string.Join('/', traffic.Wanted.Select(weight => weight.Weight))
        : string.Empty;
}

/// <summary>What <c>watch</c> waits for.</summary>
internal enum WatchGoal
{
    /// <summary>Nothing: it goes on until it is stopped.</summary>
    Never,

    /// <summary>A promotion; a failure ends the wait too.</summary>
    Succeeded,

    /// <summary>A failure; a promotion ends the wait too.</summary>
    Failed,

    /// <summary>No run under way.</summary>
    Idle,
}
