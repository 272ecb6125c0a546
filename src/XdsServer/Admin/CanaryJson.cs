using System.Collections.Immutable;
using System.Text.Json.Serialization;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.XdsServer.Admin;

/// <summary>What a canary's object asks for, in short.</summary>
internal sealed record CanarySpecView(
    string Target,
    string Service,
    string Strategy,
    string Interval,
    int Threshold,
    int Iterations,
    int StepWeight,
    ImmutableArray<int> StepWeights,
    int MaxWeight,
    bool Mirror,
    bool Suspend,
    bool SkipAnalysis,
    ImmutableArray<string> Metrics,
    ImmutableArray<string> Webhooks);

/// <summary>The run under way.</summary>
internal sealed record CanaryRunView(
    string Revision, DateTimeOffset StartedAt, string Strategy, ImmutableArray<int> Steps, int Iterations, bool Mirrored, bool Skipped);

/// <summary>What the check of a metric came to.</summary>
internal sealed record CanaryCheckView(
    string Metric, DateTimeOffset At, string Verdict, double? Value, double? Baseline, string Message, string Query, string Answer);

/// <summary>A run that ended.</summary>
internal sealed record CanaryRecordView(
    string Revision,
    DateTimeOffset StartedAt,
    DateTimeOffset EndedAt,
    string Phase,
    string Reason,
    string Message,
    int Weight,
    int FailedChecks,
    ImmutableArray<CanaryCheckView> Checks);

/// <summary>An event.</summary>
internal sealed record CanaryEventView(
    DateTimeOffset First, DateTimeOffset Last, int Count, string Type, string Text, string Phase);

/// <summary>How far the proxies follow the weights.</summary>
internal sealed record CanaryTrafficView(
    bool IsLive,
    int Proxies,
    int Converged,
    ImmutableArray<BackendWeight> Wanted,
    ImmutableArray<BackendWeight>? Acknowledged,
    ImmutableArray<LaggingProxy> Lagging);

/// <summary>One canary under <c>/api/canaries</c>; a list leaves checks, history and events out.</summary>
internal sealed record CanaryStatusView
{
    public required string Namespace { get; init; }

    public required string Name { get; init; }

    public CanarySpecView? Spec { get; init; }

    public required string Phase { get; init; }

    /// <summary>Percent of the traffic that the canary is meant to get.</summary>
    public int Weight { get; init; }

    /// <summary>The same as Flagger shows it: 0 in most phases.</summary>
    public int CanaryWeight { get; init; }

    public int FailedChecks { get; init; }

    public int Iterations { get; init; }

    public required string Reason { get; init; }

    public required string Message { get; init; }

    public bool Paused { get; init; }

    public DateTimeOffset? NextCheck { get; init; }

    public DateTimeOffset? LastTransitionTime { get; init; }

    public required string LastAppliedSpec { get; init; }

    public required string LastPromotedSpec { get; init; }

    public CanaryTrafficView? Traffic { get; init; }

    public CanaryCondition? Promoted { get; init; }

    /// <summary>What is wrong with the canary, field by field; null when nothing is.</summary>
    public CanaryCondition? Accepted { get; init; }

    public CanaryRunView? Run { get; init; }

    public required ImmutableArray<string> ClosedGates { get; init; }

    public required ImmutableArray<Approval> Approvals { get; init; }

    public required ImmutableArray<string> Problems { get; init; }

    public string? LastEvent { get; init; }

    public ImmutableArray<CanaryCheckView>? Checks { get; init; }

    public ImmutableArray<CanaryRecordView>? History { get; init; }

    public ImmutableArray<CanaryEventView>? Events { get; init; }
}

/// <summary>What may come with a verb.</summary>
/// <param name="Hook">Which gate to open.</param>
/// <param name="By">Who asks.</param>
internal sealed record VerbBody(string? Hook, string? By);

/// <summary>JSON of <c>/api/canaries</c>, for the server and its own command line; generated at compile time.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    WriteIndented = true)]
[JsonSerializable(typeof(ImmutableArray<CanaryStatusView>))]
[JsonSerializable(typeof(ImmutableArray<CanaryEventView>))]
[JsonSerializable(typeof(CanaryStatusView))]
[JsonSerializable(typeof(VerbBody))]
[JsonSerializable(typeof(ErrorView))]
internal sealed partial class CanaryJson : JsonSerializerContext;
