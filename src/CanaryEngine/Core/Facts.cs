using System.Collections.Immutable;

namespace XdsCanary.CanaryEngine.Core;

/// <summary>
/// Everything observed for one decision. What was not asked for yet is missing, and <see cref="CanaryMachine.Decide"/> answers
/// with a question if it needs it. Failures are facts too: what they mean is decided there. Immutable.
/// </summary>
public sealed record Facts
{
    /// <summary>The time of the decision.</summary>
    public required DateTimeOffset Now { get; init; }

    /// <summary>
    /// Since when canaries are looked after without interruption: proxies that were told before may have to connect again first.
    /// </summary>
    public DateTimeOffset WatchedSince { get; init; } = DateTimeOffset.MinValue;

    /// <summary>The object is being deleted.</summary>
    public bool IsDeleted { get; init; }

    /// <summary>The target's revision now.</summary>
    public required TargetFact Target { get; init; }

    /// <summary>The primary.</summary>
    public required WorkloadFact Primary { get; init; }

    /// <summary>The canary.</summary>
    public required WorkloadFact Canary { get; init; }

    /// <summary>What the traffic router was last told; null when it was told nothing.</summary>
    public TrafficPlan? Traffic { get; init; }

    /// <summary>What a person asks for; null for nothing.</summary>
    public VerbRequest? Verb { get; init; }

    /// <summary>How far the proxies follow; null when not asked.</summary>
    public ConvergenceFact? Convergence { get; init; }

    /// <summary>Whether the metrics providers answer; null when not asked.</summary>
    public ProvidersAnswer? Providers { get; init; }

    /// <summary>Answers of webhooks by name.</summary>
    public ImmutableDictionary<string, HookAnswer> Hooks { get; init; } =
        ImmutableDictionary.Create<string, HookAnswer>(StringComparer.Ordinal);

    /// <summary>A webhook of the check that is due has not answered yet: until then no check is due.</summary>
    public bool AwaitsHook { get; init; }

    /// <summary>Answers of metrics by name, over their own window.</summary>
    public ImmutableDictionary<string, MetricAnswer> Metrics { get; init; } =
        ImmutableDictionary.Create<string, MetricAnswer>(StringComparer.Ordinal);

    /// <summary>Answers of metrics by name, over the window of the fast abort.</summary>
    public ImmutableDictionary<string, MetricAnswer> AbortMetrics { get; init; } =
        ImmutableDictionary.Create<string, MetricAnswer>(StringComparer.Ordinal);
}

/// <summary>What the target is.</summary>
/// <param name="Revision">Hash of what is to be released; null when the target cannot be used.</param>
/// <param name="Problem">Why it cannot be used; empty when it can.</param>
public sealed record TargetFact(string? Revision, string Problem = "");

/// <summary>How ready a workload is.</summary>
public enum Readiness
{
    /// <summary>It can take traffic.</summary>
    Ready,

    /// <summary>Not yet.</summary>
    Waiting,

    /// <summary>It will not be without a change.</summary>
    Broken,
}

/// <summary>What a workload is.</summary>
/// <param name="Exists">Whether it is there.</param>
/// <param name="Readiness">How ready it is.</param>
/// <param name="Text">Why it is not ready, as an event says it after the workload's name; empty when it is.</param>
/// <param name="Revision">The revision that it serves; empty when unknown.</param>
public sealed record WorkloadFact(bool Exists, Readiness Readiness, string Text = "", string Revision = "");

/// <summary>Where requests go. What an effect asks for, and what the router reports.</summary>
/// <param name="Primary">Percent to the primary.</param>
/// <param name="Canary">Percent to the canary. Together 100, but for a report of what somebody else directed.</param>
public sealed record TrafficPlan(int Primary, int Canary)
{
    /// <summary>All to the primary.</summary>
    public static TrafficPlan AllToPrimary { get; } = new(100, 0);

    /// <summary>Percent of the primary's requests that are copied to the canary; 0 for none.</summary>
    public int MirrorPercent { get; init; }

    /// <summary>Requests that go by the weights; the others go to the primary. Empty for all requests.</summary>
    public EquatableArray<RequestMatch> Match { get; init; }

    /// <summary>Cookies that keep clients where they are; null for none.</summary>
    public AffinityPlan? Affinity { get; init; }
}

/// <summary>Cookies that keep clients where they are.</summary>
/// <param name="Cookie">Set by the canary's answers, <c>name=value</c>; empty for none.</param>
/// <param name="PrimaryCookie">Set by the primary's answers; empty for none.</param>
/// <param name="PreviousCookie">Clients that send it go to the primary and are told to drop it; empty for none.</param>
/// <param name="MaxAge">How long clients keep the canary's cookie.</param>
/// <param name="PrimaryMaxAge">How long clients keep the primary's cookie.</param>
/// <param name="Attributes">The further attributes of each cookie, as in <see cref="SessionAffinitySpec.Attributes"/>.</param>
public sealed record AffinityPlan(
    string Cookie, string PrimaryCookie, string PreviousCookie, TimeSpan MaxAge, TimeSpan PrimaryMaxAge, string Attributes);

/// <summary>How far the connected proxies follow the traffic plan.</summary>
/// <param name="Proxies">Connected proxies that route the service.</param>
/// <param name="Converged">Those that route as wanted.</param>
/// <param name="Lagging">Names of those that do not.</param>
/// <param name="Rejection">What a proxy said that rejected the route, with its name; empty when none did.</param>
/// <param name="IsPublished">The plan that was last asked for has reached the published snapshot.</param>
public sealed record ConvergenceFact(
    int Proxies, int Converged, EquatableArray<string> Lagging, string Rejection = "", bool IsPublished = true);

/// <summary>What a webhook answered.</summary>
/// <param name="Passed">Answered 200 to 202.</param>
/// <param name="Error">What it said otherwise: the body, or why there was no answer.</param>
public sealed record HookAnswer(bool Passed, string Error = "")
{
    /// <summary>Passed.</summary>
    public static HookAnswer Pass { get; } = new(true);
}

/// <summary>Whether the metrics providers can be asked.</summary>
/// <param name="Error">Why not; empty when they can.</param>
public sealed record ProvidersAnswer(string Error = "");

/// <summary>Why there is no value to judge.</summary>
public enum InconclusiveKind
{
    /// <summary>The query found nothing.</summary>
    NoTraffic,

    /// <summary>The provider did not answer, or failed.</summary>
    Outage,

    /// <summary>The provider refused the query, or there is none that could be asked.</summary>
    BadQuery,
}

/// <summary>What a provider answered.</summary>
/// <param name="Value">The value in the metric's unit; null when there was none.</param>
/// <param name="Missing">Why there is none; null when there is one.</param>
/// <param name="Error">What the provider said, when there is no value.</param>
/// <param name="Query">The query as sent.</param>
/// <param name="Raw">The answer as it came.</param>
public sealed record MetricAnswer(
    double? Value, InconclusiveKind? Missing = null, string Error = "", string Query = "", string Raw = "")
{
    /// <summary>The primary's value over the same window; null unless the range is relative.</summary>
    public double? Baseline { get; init; }

    /// <summary>How many requests the value rests on; null when unknown.</summary>
    public double? Samples { get; init; }

    /// <summary>Who answered, or should have.</summary>
    public MetricProviderType Provider { get; init; }
}

/// <summary>What a person can ask for.</summary>
public enum Verb
{
    /// <summary>Promote now, whatever the analysis says.</summary>
    Promote,

    /// <summary>Roll back now.</summary>
    Rollback,

    /// <summary>Neither advance nor fail.</summary>
    Pause,

    /// <summary>Go on.</summary>
    Resume,

    /// <summary>Analyse the failed revision again.</summary>
    Retry,

    /// <summary>Open a gate for this revision.</summary>
    Approve,
}

/// <summary>What a person asks for.</summary>
/// <param name="Verb">What.</param>
/// <param name="By">Who; shown in events.</param>
/// <param name="Hook">Which gate to open; empty for the one that is closed.</param>
public sealed record VerbRequest(Verb Verb, string By, string Hook = "");
