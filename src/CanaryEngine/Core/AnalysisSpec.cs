namespace XdsCanary.CanaryEngine.Core;

/// <summary>How a new revision is brought into traffic.</summary>
public enum CanaryStrategy
{
    /// <summary>A growing share of the traffic.</summary>
    Canary,

    /// <summary>No traffic for a number of checks, then all of it.</summary>
    BlueGreen,

    /// <summary>The requests that match, for a number of checks.</summary>
    AbTesting,
}

/// <summary>How a revision is judged and how its weight grows, <c>spec.analysis</c>. Validated and immutable.</summary>
public sealed record AnalysisSpec
{
    /// <summary>Which of the three ways, told by <c>match</c> and <c>iterations</c>.</summary>
    public required CanaryStrategy Strategy { get; init; }

    /// <summary><c>interval</c>: how long a step is observed before it is judged. At least 1 s.</summary>
    public required TimeSpan Interval { get; init; }

    /// <summary><c>threshold</c>: failed checks that end the run, at least 1.</summary>
    public required int Threshold { get; init; }

    /// <summary><c>iterations</c>: checks of Blue/Green and A/B; 0 for a progressive canary.</summary>
    public int Iterations { get; init; }

    /// <summary><c>stepWeight</c>: percent per step; 0 when <see cref="StepWeights"/> are given.</summary>
    public int StepWeight { get; init; }

    /// <summary><c>stepWeights</c>: the weights one after another, rising; empty when not given.</summary>
    public EquatableArray<int> StepWeights { get; init; }

    /// <summary><c>maxWeight</c>, 1 to 100; with <see cref="StepWeights"/> the last of them, at most 100.</summary>
    public int MaxWeight { get; init; } = 100;

    /// <summary><c>maxWeight</c> as written, which alerts show; 0 when not given.</summary>
    public int WrittenMaxWeight { get; init; }

    /// <summary><c>stepWeightPromotion</c>: percent per step back to the primary; 0 for all at once.</summary>
    public int StepWeightPromotion { get; init; }

    /// <summary><c>mirror</c>: before its first share the canary gets a copy of requests.</summary>
    public bool Mirror { get; init; }

    /// <summary><c>mirrorWeight</c>: percent of requests copied, 1 to 100.</summary>
    public int MirrorWeight { get; init; } = 100;

    /// <summary><c>primaryReadyThreshold</c>: percent of updated replicas that must be available.</summary>
    public int PrimaryReadyThreshold { get; init; } = 100;

    /// <summary><c>canaryReadyThreshold</c>: percent of updated replicas that must be available.</summary>
    public int CanaryReadyThreshold { get; init; } = 100;

    /// <summary><c>match</c>: the requests that an A/B test sends to the canary; any of them is enough.</summary>
    public EquatableArray<RequestMatch> Match { get; init; }

    /// <summary><c>metrics</c>, in the order written.</summary>
    public EquatableArray<MetricCheck> Metrics { get; init; }

    /// <summary><c>webhooks</c>, in the order written.</summary>
    public EquatableArray<WebhookSpec> Webhooks { get; init; }

    /// <summary><c>alerts</c>, in the order written.</summary>
    public EquatableArray<AlertSpec> Alerts { get; init; }

    /// <summary><c>sessionAffinity</c>; null when not given.</summary>
    public SessionAffinitySpec? SessionAffinity { get; init; }

    /// <summary><c>abort</c> (ours): checks inside the interval.</summary>
    public AbortSpec Abort { get; init; } = new();

    /// <summary><c>convergence</c> (ours): when a weight counts as live.</summary>
    public ConvergenceSpec Convergence { get; init; } = new();

    /// <summary><c>inconclusive</c> (ours): how many checks without a verdict are waited out.</summary>
    public required InconclusiveLimits Inconclusive { get; init; }

    /// <summary><c>gateDeadlineSeconds</c> (ours): how long an approval is waited for; null for ever.</summary>
    public TimeSpan? GateDeadline { get; init; }

    /// <summary>The webhooks of a type, in order.</summary>
    /// <param name="type">The type.</param>
    public IEnumerable<WebhookSpec> HooksOf(WebhookType type) => Webhooks.Where(hook => hook.Type == type);
}

/// <summary>Fast abort: hopeless revisions leave the traffic inside the interval. <c>spec.analysis.abort</c>.</summary>
public sealed record AbortSpec
{
    /// <summary><c>disabled</c>.</summary>
    public bool Disabled { get; init; }

    /// <summary><c>checks</c>: names of metrics; empty for the built-in success rate and duration among the metrics.</summary>
    public EquatableArray<string> Checks { get; init; }

    /// <summary><c>interval</c>: how often. Default 2 s.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary><c>minSamples</c>: requests that must have been seen. Default 10.</summary>
    public int MinSamples { get; init; } = 10;
}

/// <summary>When a weight counts as live, <c>spec.analysis.convergence</c>.</summary>
public sealed record ConvergenceSpec
{
    /// <summary><c>percent</c> of the connected proxies that must have acknowledged, 0 to 100; 0 turns the gate off.</summary>
    public int Percent { get; init; } = 100;

    /// <summary><c>timeout</c>: after it the check fails. Default 30 s.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(30);
}

/// <summary>How many checks one after another may end without a verdict before the run is rolled back, at least 1 each.</summary>
/// <param name="NoTraffic"><c>noTraffic</c>: the query found no values.</param>
/// <param name="Outage"><c>providerOutage</c>: the provider did not answer.</param>
/// <param name="BadQuery"><c>badQuery</c>: the provider refused the query, or there is no usable one.</param>
public sealed record InconclusiveLimits(int NoTraffic, int Outage, int BadQuery)
{
    /// <summary>The limit of a kind.</summary>
    /// <param name="kind">The kind.</param>
    public int Of(InconclusiveKind kind) => kind switch
    {
        InconclusiveKind.NoTraffic => NoTraffic,
        InconclusiveKind.Outage => Outage,
        _ => BadQuery,
    };
}

/// <summary>A cookie that keeps clients of the canary at the canary, <c>spec.analysis.sessionAffinity</c>.</summary>
public sealed record SessionAffinitySpec
{
    /// <summary><c>cookieName</c>.</summary>
    public required string CookieName { get; init; }

    /// <summary><c>primaryCookieName</c>: keeps clients of the primary at the primary; empty for none.</summary>
    public string PrimaryCookieName { get; init; } = string.Empty;

    /// <summary><c>maxAge</c>. Default one day.</summary>
    public TimeSpan MaxAge { get; init; } = TimeSpan.FromSeconds(86400);

    /// <summary>The other attributes as a Set-Cookie header writes them after Max-Age, for example <c>Domain=x; HttpOnly</c>; may be empty.</summary>
    public string Attributes { get; init; } = string.Empty;
}

/// <summary>How a text must look; exactly one of the kinds.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Value">The text or the expression (RE2, whole text).</param>
public sealed record TextMatch(TextMatchKind Kind, string Value);

/// <summary>The kinds of <see cref="TextMatch"/>.</summary>
public enum TextMatchKind
{
    /// <summary>The same.</summary>
    Exact,

    /// <summary>Begins with it.</summary>
    Prefix,

    /// <summary>Ends with it.</summary>
    Suffix,

    /// <summary>Matches it as a whole.</summary>
    Regex,
}

/// <summary>A named <see cref="TextMatch"/>.</summary>
/// <param name="Name">The header's or parameter's name.</param>
/// <param name="Match">How its value must look.</param>
public sealed record NamedMatch(string Name, TextMatch Match);

/// <summary>A request that matches all of these, one of <c>spec.analysis.match</c>.</summary>
/// <param name="Headers">Headers, sorted by name; a cookie is the header <c>cookie</c>.</param>
/// <param name="QueryParams">Query parameters, sorted by name.</param>
public sealed record RequestMatch(EquatableArray<NamedMatch> Headers, EquatableArray<NamedMatch> QueryParams);
