using System.Text.RegularExpressions;

namespace XdsCanary.EndToEnd.Tests.Canary;

/// <summary>
/// What Flagger 1.44.0 was seen to say of its runs: phase, type and text of each event, in order, with the names of ours. A target
/// that is a Service needs no rollout, so that a sequence begins where the primary was ready.
/// </summary>
internal static partial class SeedEvents
{
    private const string Idle = "Progressing Normal Rollback hook hook-rollback not signaling a rollback";
    private const string Increase =
        "Progressing Normal Confirm-traffic-increase check hook-confirm-traffic-increase passed";

    private static readonly string[] Begin =
    [
        "Initializing Normal all the metrics providers are available!",
        "Initialized Normal Initialization done! web.default",
        "Initialized Normal Confirm-rollout check hook-confirm-rollout passed",
        "Progressing Normal New revision detected! Scaling up web.default",
        Idle,
        "Progressing Normal Starting canary analysis for web.default",
        "Progressing Normal Pre-rollout check hook-pre-rollout passed",
        Increase,
        "Progressing Normal Advance web.default canary weight 5",
    ];

    /// <summary>A promotion in steps of 5 up to 50, with every type of webhook.</summary>
    public static IEnumerable<string> Promoted =>
    [
        .. Begin,
        .. Enumerable.Range(2, 9).SelectMany(step => (string[])
        [
            Idle, Increase, $"Progressing Normal Advance web.default canary weight {5 * step}",
        ]),
        Idle,
        Increase,
        "Progressing Normal Confirm-promotion check hook-confirm-promotion passed",
        "Progressing Normal Copying web.default template spec to web-primary.default",
        "Promoting Normal Routing all traffic to primary",
        "Succeeded Normal Post-rollout check hook-post-rollout passed",
        "Succeeded Normal Promotion completed! Scaling down web.default",
    ];

    /// <summary>
    /// A rollback after failed checks. The check that reaches the threshold rolls back itself here, so that the rollback hook is
    /// not asked once more; the post-rollout hook is told of the failure in the phase that there is by then.
    /// </summary>
    /// <param name="halt">What each failed check says.</param>
    /// <param name="threshold">How many there are.</param>
    public static IEnumerable<string> RolledBack(string halt, int threshold) =>
    [
        .. Begin,
        .. Enumerable.Range(0, threshold).SelectMany(_ => (string[])[Idle, $"Progressing Warning {halt}"]),
        $"Progressing Warning Rolling back web.default failed checks threshold reached {threshold}",
        "Failed Warning Canary failed! Scaling down web.default",
        "Failed Normal Post-rollout check hook-post-rollout passed",
    ];

    /// <summary>Measured values are not the record's: a rate between 0 and 99 % and any duration read as the record has them.</summary>
    public static string Normalise(string line) =>
        Duration().Replace(Rate().Replace(line, "success rate 50.00% <"), "request duration 5s >");

    [GeneratedRegex(@"success rate \d{1,2}\.\d\d% <")]
    private static partial Regex Rate();

    [GeneratedRegex(@"request duration [0-9.]+m?s >")]
    private static partial Regex Duration();
}
