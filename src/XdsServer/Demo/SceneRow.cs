using System.Collections.Immutable;
using System.Globalization;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.XdsServer.Demo;

/// <summary>The weights of one step.</summary>
/// <param name="V1">The weight of version 1.</param>
/// <param name="V2">The weight of version 2.</param>
internal sealed record SceneStep(int V1, int V2)
{
    /// <summary>The share of version 1, from 0 to 1.</summary>
    public double ShareV1 => (double)V1 / (V1 + V2);

    /// <summary>Tells whether weights of the control plane mean the same shares; a backend that is not named has none.</summary>
    /// <param name="weights">The weights.</param>
    public bool Is(ImmutableArray<BackendWeight> weights)
    {
        var (v1, v2) = (Of(weights, DemoManifests.V1), Of(weights, DemoManifests.V2));
        return v1 + v2 > 0 && v1 * V2 == v2 * V1;
    }

    /// <inheritdoc/>
    public override string ToString() => $"{V1}/{V2}";

    private static long Of(ImmutableArray<BackendWeight> weights, string backend) =>
        weights.Where(weight => weight.Backend == backend).Sum(weight => (long)weight.Weight);
}

/// <summary>A line of the demo's table.</summary>
/// <param name="Step">The step's number, from 1.</param>
/// <param name="Wanted">The weights asked for.</param>
/// <param name="Acknowledged">The weights that all proxies have acknowledged; <c>-</c> for none.</param>
/// <param name="Observed">The percentages seen in the answers; <c>-</c> before there are any.</param>
/// <param name="Requests">The requests of the step.</param>
/// <param name="Failed">Those of them that failed.</param>
/// <param name="Milliseconds">The time from writing the file to the acknowledgement; <c>-</c> while it has not come.</param>
internal sealed record SceneRow(
    string Step, string Wanted, string Acknowledged, string Observed, string Requests, string Failed, string Milliseconds)
{
    /// <summary>The columns' headings, in the order of <see cref="Cells"/>.</summary>
    public static ImmutableArray<string> Headings { get; } =
        ["step", "wanted", "acknowledged", "observed", "requests", "failed", "write to ack, ms"];

    /// <summary>The cells in the order of the headings.</summary>
    public ImmutableArray<string> Cells => [Step, Wanted, Acknowledged, Observed, Requests, Failed, Milliseconds];

    /// <summary>Makes a line.</summary>
    /// <param name="number">The step's number, from 1.</param>
    /// <param name="step">The step.</param>
    /// <param name="acknowledged">The weights acknowledged; null for none.</param>
    /// <param name="counts">The requests of the step.</param>
    /// <param name="toAcknowledgement">The time until they were acknowledged; null while they are not.</param>
    public static SceneRow Create(
        int number, SceneStep step, ImmutableArray<BackendWeight>? acknowledged, LoadCounts counts,
        TimeSpan? toAcknowledgement) => new(
        Text(number),
        step.ToString(),
        acknowledged is { IsDefaultOrEmpty: false } weights ? string.Join('/', weights.Select(weight => weight.Weight)) : "-",
        Shares(counts),
        Text(counts.Requests),
        Text(counts.Failed),
        toAcknowledgement is { } time ? time.TotalMilliseconds.ToString("F0", CultureInfo.InvariantCulture) : "-");

    private static string Shares(LoadCounts counts)
    {
        var (v1, v2) = (counts.ByVersion.GetValueOrDefault("v1"), counts.ByVersion.GetValueOrDefault("v2"));
        return v1 + v2 == 0
            ? "-"
            : string.Create(CultureInfo.InvariantCulture, $"{100.0 * v1 / (v1 + v2):F1}/{100.0 * v2 / (v1 + v2):F1}");
    }

    private static string Text(int number) => number.ToString(CultureInfo.InvariantCulture);
}
