namespace XdsCanary.CanaryEngine.Core;

/// <summary>What <see cref="CanaryMachine.Decide"/> answers: a decision, or what it needs to know first.</summary>
public abstract record Outcome;

/// <summary>Facts that are needed before anything can be decided. They may be gathered in parallel.</summary>
/// <param name="Questions">At least one, none of which the facts answer already.</param>
public sealed record Ask(EquatableArray<Question> Questions) : Outcome;

/// <summary>What to do.</summary>
/// <param name="Status">What to remember, once the effects are done.</param>
/// <param name="Effects">What to do, in this order; each is harmless when it is already done.</param>
/// <param name="Notices">Whom to tell what, in this order, once the status is written.</param>
/// <param name="Due">When to decide again if nothing changes; null for only when something changes.</param>
public sealed record Decision(
    CanaryStatus Status, EquatableArray<Effect> Effects, EquatableArray<Notice> Notices, DateTimeOffset? Due) : Outcome
{
    /// <summary>Why a verb was refused; empty when it was not, or there was none.</summary>
    public string Refusal { get; init; } = string.Empty;
}

/// <summary>Something that has to be asked of the world.</summary>
public abstract record Question;

/// <summary>Ask a webhook whose answer decides something.</summary>
/// <param name="Hook">Which.</param>
/// <param name="Phase">The phase to tell it.</param>
public sealed record AskHook(WebhookSpec Hook, CanaryPhase Phase) : Question;

/// <summary>Ask for a metric of the canary (and of the primary, for a relative range).</summary>
/// <param name="Check">Which.</param>
/// <param name="Window">Over how long; the check's own interval, or shorter for the fast abort.</param>
/// <param name="ForAbort">
/// For the fast abort: a duration is asked as its median, and the number of requests is wanted. The answer goes to
/// <see cref="Facts.AbortMetrics"/>.
/// </param>
public sealed record AskMetric(MetricCheck Check, TimeSpan Window, bool ForAbort) : Question;

/// <summary>Ask whether the metrics providers answer.</summary>
public sealed record AskProviders : Question;

/// <summary>Ask how far the proxies follow.</summary>
public sealed record AskConvergence : Question;

/// <summary>Something to be done.</summary>
public abstract record Effect;

/// <summary>Make the primary if it is not there: of the last promoted revision if one is known, else of the target as it is.</summary>
public sealed record EnsurePrimary : Effect;

/// <summary>Bring the target's revision up as the canary and remember exactly it, to be promoted later.</summary>
/// <param name="Revision">The revision.</param>
public sealed record StartCanary(string Revision) : Effect;

/// <summary>Direct the traffic.</summary>
/// <param name="Plan">Where to.</param>
public sealed record SetTraffic(TrafficPlan Plan) : Effect;

/// <summary>Give the primary the revision that was analysed (H-03), and remember the one it had.</summary>
/// <param name="Revision">The revision.</param>
public sealed record CopyToPrimary(string Revision) : Effect;

/// <summary>Give the primary the revision back that it had before the copy.</summary>
public sealed record RestorePrimary : Effect;

/// <summary>Scale the canary to zero.</summary>
public sealed record StopCanary : Effect;

/// <summary>Give everything back to the target: the canary is deleted.</summary>
public sealed record HandBack : Effect;

/// <summary>Somebody to be told.</summary>
public abstract record Notice;

/// <summary>An event.</summary>
/// <param name="IsWarning">A warning, not a normal one.</param>
/// <param name="Text">What happened (`spec/flagger.md` Appendix A).</param>
/// <param name="Phase">The phase that event webhooks are told.</param>
public sealed record EventNotice(bool IsWarning, string Text, CanaryPhase Phase) : Notice;

/// <summary>An alert.</summary>
/// <param name="Severity">How grave.</param>
/// <param name="Text">What happened.</param>
/// <param name="WithFields">Whether the canary's settings go with it.</param>
public sealed record AlertNotice(AlertSeverity Severity, string Text, bool WithFields) : Notice;

/// <summary>Call the post-rollout hooks, in order, up to the first that fails; each result is an event.</summary>
/// <param name="Phase">The phase to tell them.</param>
public sealed record PostRolloutNotice(CanaryPhase Phase) : Notice;

/// <summary>A run ended: for the counters.</summary>
/// <param name="Succeeded">Promoted.</param>
/// <param name="Strategy">How it was brought into traffic.</param>
/// <param name="Skipped">Without analysis.</param>
public sealed record RunEndedNotice(bool Succeeded, CanaryStrategy Strategy, bool Skipped) : Notice;
