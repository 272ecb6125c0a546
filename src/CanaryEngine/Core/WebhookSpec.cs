using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Core;

/// <summary>When a webhook is called and what its answer decides (flagger.app/v1beta1, <c>webhooks[].type</c>).</summary>
public enum WebhookType
{
    /// <summary>At each check before the metrics; a failure is a failed check.</summary>
    Rollout,

    /// <summary>A gate before the run.</summary>
    ConfirmRollout,

    /// <summary>Once before the first step; a failure is a failed check.</summary>
    PreRollout,

    /// <summary>A gate before each step.</summary>
    ConfirmTrafficIncrease,

    /// <summary>A gate before the promotion.</summary>
    ConfirmPromotion,

    /// <summary>Told of the end of a run.</summary>
    PostRollout,

    /// <summary>Success means: roll back.</summary>
    Rollback,

    /// <summary>Told of every event.</summary>
    Event,
}

/// <summary>One webhook. Validated and immutable.</summary>
public sealed record WebhookSpec
{
    /// <summary><c>name</c>, unique in its canary.</summary>
    public required string Name { get; init; }

    /// <summary><c>type</c>.</summary>
    public required WebhookType Type { get; init; }

    /// <summary><c>url</c>, http or https.</summary>
    public required Uri Url { get; init; }

    /// <summary><c>timeout</c> of one attempt. Default 10 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary><c>retries</c>: further attempts after the first.</summary>
    public int Retries { get; init; }

    /// <summary><c>disableTLS</c>: do not verify the receiver's certificate.</summary>
    public bool SkipVerify { get; init; }

    /// <summary><c>muteAlert</c>: a closed gate sends no alert.</summary>
    public bool MuteAlert { get; init; }

    /// <summary><c>async</c> (ours): answered 202, the receiver is asked again until it answers otherwise.</summary>
    public bool Async { get; init; }

    /// <summary><c>metadata</c>, sorted by name.</summary>
    public EquatableArray<TemplateVariable> Metadata { get; init; }
}

/// <summary>How grave an alert is.</summary>
public enum AlertSeverity
{
    /// <summary>Things go as planned.</summary>
    Info,

    /// <summary>Something waits, or was stopped on purpose.</summary>
    Warn,

    /// <summary>A run failed.</summary>
    Error,
}

/// <summary>One of <c>spec.analysis.alerts</c>.</summary>
/// <param name="Name"><c>name</c>.</param>
/// <param name="Severity"><c>severity</c>: the least grave alert that is sent. Default info.</param>
/// <param name="Provider"><c>providerRef</c>: an AlertProvider.</param>
public sealed record AlertSpec(string Name, AlertSeverity Severity, NamespacedName Provider);
