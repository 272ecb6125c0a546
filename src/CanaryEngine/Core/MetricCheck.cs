using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Core;

/// <summary>Where the value of a metric comes from.</summary>
public enum MetricSource
{
    /// <summary>The built-in share of requests that did not fail, in percent.</summary>
    SuccessRate,

    /// <summary>The built-in 99th percentile of the duration, in milliseconds.</summary>
    Duration,

    /// <summary>A query written in the canary itself.</summary>
    Query,

    /// <summary>A MetricTemplate.</summary>
    Template,
}

/// <summary>One metric of <c>spec.analysis.metrics</c>, with exactly one source. Validated and immutable.</summary>
public sealed record MetricCheck
{
    /// <summary>The name of the built-in success rate.</summary>
    public const string SuccessRateName = "request-success-rate";

    /// <summary>The name of the built-in duration.</summary>
    public const string DurationName = "request-duration";

    /// <summary><c>name</c>.</summary>
    public required string Name { get; init; }

    /// <summary>Where the value comes from.</summary>
    public required MetricSource Source { get; init; }

    /// <summary><c>interval</c>: the window that the value is taken over. Default 1 minute.</summary>
    public TimeSpan Interval { get; init; } = TimeSpan.FromMinutes(1);

    /// <summary><c>interval</c> as queries show it.</summary>
    public string IntervalText { get; init; } = "1m";

    /// <summary>
    /// The bounds, inclusive, in the metric's own unit (percent, milliseconds, or whatever a query returns). At least one is set.
    /// A plain <c>threshold</c> is the minimum of a success rate and the maximum of everything else.
    /// </summary>
    public required MetricRange Range { get; init; }

    /// <summary><c>query</c>, a template; empty unless the source is <see cref="MetricSource.Query"/>.</summary>
    public string Query { get; init; } = string.Empty;

    /// <summary><c>templateRef</c>; null unless the source is <see cref="MetricSource.Template"/>.</summary>
    public NamespacedName? Template { get; init; }

    /// <summary><c>templateVariables</c>, sorted by name.</summary>
    public EquatableArray<TemplateVariable> Variables { get; init; }

    /// <summary>True for the two built-in ones.</summary>
    public bool IsBuiltIn => Source is MetricSource.SuccessRate or MetricSource.Duration;
}

/// <summary>A variable of a query.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Value">Its value.</param>
public sealed record TemplateVariable(string Name, string Value);

/// <summary>Bounds of a value.</summary>
/// <param name="Min">The smallest that passes; null for no bound.</param>
/// <param name="Max">The largest that passes; null for no bound.</param>
/// <param name="RelativeToPrimary">
/// The bounds are percent of the primary's value over the same window (ours, <c>thresholdRange.relativeTo: primary</c>).
/// </param>
public sealed record MetricRange(double? Min, double? Max, bool RelativeToPrimary = false);
