namespace XdsCanary.CanaryEngine.Core;

/// <summary>
/// What is remembered of a canary between decisions: Flagger's status fields with their meaning, and beside them what a run
/// needs to go on after a restart exactly where it was. Immutable.
/// </summary>
public sealed record CanaryStatus
{
    /// <summary>The runs that <see cref="History"/> keeps.</summary>
    public const int HistoryLength = 10;

    /// <summary>A canary that nothing is known of.</summary>
    public static CanaryStatus Empty { get; } = new();

    /// <summary>Without what changes every few seconds and can be lost: two statuses that agree in this need not be written twice.</summary>
    public CanaryStatus Durable => Run is null
        ? this
        : this with { Run = Run with { NextAbortCheck = null, AbortStrikes = 0 } };

    /// <summary><c>phase</c>.</summary>
    public CanaryPhase Phase { get; init; }

    /// <summary>
    /// <c>canaryWeight</c>: for display. Percent of all traffic that the canary gets; of a Blue/Green or A/B run always 0, as
    /// Flagger shows it. What counts is <see cref="RunStatus.Weight"/>.
    /// </summary>
    public int CanaryWeight { get; init; }

    /// <summary><c>failedChecks</c> of the current run; kept after success, 0 after a rollback.</summary>
    public int FailedChecks { get; init; }

    /// <summary><c>iterations</c>.</summary>
    public int Iterations { get; init; }

    /// <summary><c>lastAppliedSpec</c>: the revision that the current or last run is of; empty before the first.</summary>
    public string LastAppliedSpec { get; init; } = string.Empty;

    /// <summary><c>lastPromotedSpec</c>: the revision that the primary serves; empty before there is one.</summary>
    public string LastPromotedSpec { get; init; } = string.Empty;

    /// <summary><c>lastTransitionTime</c>: when the status was last written.</summary>
    public DateTimeOffset LastTransitionTime { get; init; }

    /// <summary><c>observedGeneration</c>: the spec that was last acted on.</summary>
    public long ObservedGeneration { get; init; }

    /// <summary>Why the canary is where it is, one of <see cref="Reasons"/>; empty when there is nothing to say.</summary>
    public string Reason { get; init; } = string.Empty;

    /// <summary>The same in a sentence, with names and numbers.</summary>
    public string Message { get; init; } = string.Empty;

    /// <summary>The run under way, or the one that waits for approval; null between runs.</summary>
    public RunStatus? Run { get; init; }

    /// <summary>The last verdict of each metric.</summary>
    public EquatableArray<CheckResult> Checks { get; init; }

    /// <summary>The last runs that ended, oldest first, at most <see cref="HistoryLength"/>.</summary>
    public EquatableArray<RunRecord> History { get; init; }

    /// <summary>A person has paused the run: it neither advances nor fails.</summary>
    public bool Paused { get; init; }

    /// <summary>Gates that a person has opened, see <see cref="Approval"/>.</summary>
    public EquatableArray<Approval> Approvals { get; init; }

    /// <summary>
    /// A promotion failed because the primary did not get ready: the analysed canary carries the traffic until the primary, set
    /// back to the revision promoted before, is ready.
    /// </summary>
    public bool KeepsCanary { get; init; }

    /// <summary>When the traffic was taken off a canary that still has to be stopped; null when nothing is left to stop.</summary>
    public DateTimeOffset? DrainingSince { get; init; }

    /// <summary>How many proxies routed the service when they last all followed; 0 when there never were any.</summary>
    public int Proxies { get; init; }

    /// <summary>Since when the phase waits for readiness; null when it does not.</summary>
    public DateTimeOffset? NotReadySince { get; init; }

    /// <summary>When to look again for what is only looked at from time to time; null for at once.</summary>
    public DateTimeOffset? NextCheck { get; init; }

    /// <summary><c>sessionAffinityCookie</c>, <c>name=value</c>; empty when there is none.</summary>
    public string SessionAffinityCookie { get; init; } = string.Empty;

    /// <summary><c>primarySessionAffinityCookie</c>.</summary>
    public string PrimarySessionAffinityCookie { get; init; } = string.Empty;

    /// <summary><c>previousSessionAffinityCookie</c>: of the last run; clients that hold it are told to drop it.</summary>
    public string PreviousSessionAffinityCookie { get; init; } = string.Empty;

    /// <summary>What matters most, on one line. What a record prints by itself would print <see cref="Durable"/> without end.</summary>
    public override string ToString() =>
        $"{Phase}, weight {CanaryWeight}, {FailedChecks} failed checks, {Iterations} iterations, {Reason}: {Message}";
}

/// <summary>A gate that a person opened. It counts for one hook and one revision only (H-33).</summary>
/// <param name="Hook">The webhook's name.</param>
/// <param name="Revision">The revision that may pass.</param>
public sealed record Approval(string Hook, string Revision);

/// <summary>A run that is under way. Immutable.</summary>
public sealed record RunStatus
{
    /// <summary>The revision analysed.</summary>
    public required string Revision { get; init; }

    /// <summary>When the revision was detected.</summary>
    public required DateTimeOffset StartedAt { get; init; }

    /// <summary>The plan, fixed at the start (H-23).</summary>
    public required RunPlan Plan { get; init; }

    /// <summary>The phase before the run; where a run goes back to whose revision disappears before it began.</summary>
    public required CanaryPhase Before { get; init; }

    /// <summary>Percent of the traffic that the canary is meant to get, 0 to 100. The truth; the status field is for display.</summary>
    public int Weight { get; init; }

    /// <summary>The canary gets a copy of requests.</summary>
    public bool Mirrored { get; init; }

    /// <summary>When the traffic was last changed; null before the first change.</summary>
    public DateTimeOffset? ChangedAt { get; init; }

    /// <summary>All proxies have acknowledged that change, or it is not waited for.</summary>
    public bool IsLive { get; init; } = true;

    /// <summary>It was said that proxies lag behind or reject the change.</summary>
    public bool LaggardsReported { get; init; }

    /// <summary>The canary is still of the revision before: it is replaced once no proxy sends it requests any more.</summary>
    public bool StartPending { get; init; }

    /// <summary>When the canary first got traffic in this run; null before.</summary>
    public DateTimeOffset? TrafficSince { get; init; }

    /// <summary>The analysis has begun: it was announced, and will not be again.</summary>
    public bool Begun { get; init; }

    /// <summary>Names of pre-rollout hooks that have passed; they are not called again.</summary>
    public EquatableArray<string> PassedHooks { get; init; }

    /// <summary>Names of gates whose being closed was announced; each is announced once.</summary>
    public EquatableArray<string> ClosedGates { get; init; }

    /// <summary>Since when a gate has been closed; null when none is.</summary>
    public DateTimeOffset? GateSince { get; init; }

    /// <summary>Why the last checks had no verdict; null when the last one had.</summary>
    public InconclusiveKind? Inconclusive { get; init; }

    /// <summary>How many checks in a row had none for that reason.</summary>
    public int InconclusiveChecks { get; init; }

    /// <summary>When to look next whether the canary is hopeless; null for at once.</summary>
    public DateTimeOffset? NextAbortCheck { get; init; }

    /// <summary>How often in a row it looked hopeless.</summary>
    public int AbortStrikes { get; init; }

    /// <summary>The analysis was skipped, by the spec or by a person.</summary>
    public bool Skipped { get; init; }
}

/// <summary>The plan of a run, fixed when it starts, so that editing the spec does not move a run under way (H-23).</summary>
/// <param name="Strategy">The strategy.</param>
/// <param name="Steps">The canary's weights one after another, rising; empty unless the strategy is a progressive canary.</param>
/// <param name="Iterations">How many checks of Blue/Green or A/B.</param>
/// <param name="Mirror">Whether requests are copied before the first step.</param>
/// <param name="PromotionStep">Percent per step back to the primary; 0 for all at once.</param>
/// <param name="MovesTraffic">False for the provider <c>kubernetes</c>: the analysis alone decides, no request is moved.</param>
public sealed record RunPlan(
    CanaryStrategy Strategy,
    EquatableArray<int> Steps,
    int Iterations,
    bool Mirror,
    int PromotionStep,
    bool MovesTraffic = true);

/// <summary>A run that ended.</summary>
/// <param name="Revision">What was analysed.</param>
/// <param name="StartedAt">When it was detected.</param>
/// <param name="EndedAt">When it ended.</param>
/// <param name="Phase">Succeeded or Failed.</param>
/// <param name="Reason">Why, one of <see cref="Reasons"/>.</param>
/// <param name="Message">Why, in a sentence.</param>
/// <param name="Weight">The weight it had reached.</param>
/// <param name="FailedChecks">Failed checks in it.</param>
/// <param name="Checks">The last verdict of each metric.</param>
public sealed record RunRecord(
    string Revision,
    DateTimeOffset StartedAt,
    DateTimeOffset EndedAt,
    CanaryPhase Phase,
    string Reason,
    string Message,
    int Weight,
    int FailedChecks,
    EquatableArray<CheckResult> Checks);

/// <summary>What a check of one metric came to, with what it was judged by.</summary>
/// <param name="Metric">The metric's name.</param>
/// <param name="At">When.</param>
/// <param name="Verdict">Pass, fail or inconclusive.</param>
/// <param name="Value">The value; null when there was none.</param>
/// <param name="Baseline">The primary's value for a relative range; null otherwise.</param>
/// <param name="Message">Why it did not pass; empty when it did.</param>
/// <param name="Query">The query as it was sent.</param>
/// <param name="Answer">The provider's answer as it came, cut to a readable length.</param>
public sealed record CheckResult(
    string Metric,
    DateTimeOffset At,
    Verdict Verdict,
    double? Value,
    double? Baseline,
    string Message,
    string Query,
    string Answer);

/// <summary>What a check came to.</summary>
public enum Verdict
{
    /// <summary>In range.</summary>
    Pass,

    /// <summary>Out of range.</summary>
    Fail,

    /// <summary>There was nothing to judge.</summary>
    Inconclusive,
}
