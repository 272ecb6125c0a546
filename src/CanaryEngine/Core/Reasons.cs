namespace XdsCanary.CanaryEngine.Core;

/// <summary>The machine-readable reasons in <see cref="CanaryStatus.Reason"/> and <see cref="RunRecord.Reason"/>.</summary>
public static class Reasons
{
    /// <summary>The target cannot be read, or has nothing to serve.</summary>
    public const string TargetMissing = "TargetMissing";

    /// <summary>The primary is not ready.</summary>
    public const string PrimaryNotReady = "PrimaryNotReady";

    /// <summary>The canary is not ready.</summary>
    public const string CanaryNotReady = "CanaryNotReady";

    /// <summary>Not all proxies have acknowledged the weight yet.</summary>
    public const string NotConverged = "NotConverged";

    /// <summary>A proxy rejected the route.</summary>
    public const string RouteRejected = "RouteRejected";

    /// <summary>A gate is closed.</summary>
    public const string GateClosed = "GateClosed";

    /// <summary>A gate was closed for too long.</summary>
    public const string GateDeadline = "GateDeadline";

    /// <summary>A webhook failed.</summary>
    public const string HookFailed = "HookFailed";

    /// <summary>A metric is out of range.</summary>
    public const string CheckFailed = "CheckFailed";

    /// <summary>A metric has no value because there is no traffic.</summary>
    public const string NoTraffic = "NoTraffic";

    /// <summary>The metrics provider does not answer.</summary>
    public const string ProviderOutage = "ProviderOutage";

    /// <summary>The metrics provider refuses the query.</summary>
    public const string BadQuery = "BadQuery";

    /// <summary>The step is observed.</summary>
    public const string Observing = "Observing";

    /// <summary>The object asks for nothing to be done.</summary>
    public const string Suspended = "Suspended";

    /// <summary>A person paused the run.</summary>
    public const string Paused = "Paused";

    /// <summary>The failed checks reached the threshold.</summary>
    public const string ThresholdReached = "ThresholdReached";

    /// <summary>Hopeless inside the interval.</summary>
    public const string FastAbort = "FastAbort";

    /// <summary>A rollback hook or a person asked for it.</summary>
    public const string RolledBackByHand = "RolledBackByHand";

    /// <summary>The target went back to the promoted revision.</summary>
    public const string Reverted = "Reverted";

    /// <summary>Readiness was waited for too long.</summary>
    public const string ProgressDeadline = "ProgressDeadline";

    /// <summary>The primary did not get ready with the promoted revision.</summary>
    public const string PromotionFailed = "PromotionFailed";

    /// <summary>Promoted after its analysis.</summary>
    public const string Promoted = "Promoted";

    /// <summary>Promoted without analysis.</summary>
    public const string Skipped = "Skipped";

    /// <summary>The object is invalid; its last valid version counts.</summary>
    public const string InvalidSpec = "InvalidSpec";
}
