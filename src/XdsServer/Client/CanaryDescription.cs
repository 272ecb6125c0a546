using System.Globalization;
using System.Text;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.XdsServer.Admin;

namespace XdsCanary.XdsServer.Client;

/// <summary>Writes all that is known of a canary for people to read. Pure.</summary>
internal static class CanaryDescription
{
    private const int LabelWidth = 17;

    /// <summary>Writes it.</summary>
    /// <param name="canary">The canary.</param>
    /// <param name="now">The time that ages are counted to.</param>
    public static string Write(CanaryStatusView canary, DateTimeOffset now)
    {
        var text = new StringBuilder();
        Line(text, 0, "Name", canary.Name);
        Line(text, 0, "Namespace", canary.Namespace);
        foreach (var problem in canary.Problems)
        {
            Line(text, 0, "Problem", problem);
        }

        WriteSpec(text, canary);
        WriteStatus(text, canary, now);
        WriteChecks(text, canary, now);
        WriteHistory(text, canary, now);
        WriteEvents(text, canary, now);
        return text.ToString();
    }

    private static void WriteSpec(StringBuilder text, CanaryStatusView canary)
    {
        if (canary.Spec is not { } spec)
        {
            return;
        }

        text.Append("Spec:\n");
        Line(text, 1, "Target", spec.Target);
        Line(text, 1, "Service", spec.Service);
        Line(text, 1, "Strategy", spec.Strategy);
        Line(text, 1, "Interval", spec.Interval);
        Line(text, 1, "Threshold", Number(spec.Threshold));
        Line(text, 1, "Iterations", spec.Iterations > 0 ? Number(spec.Iterations) : string.Empty);
        Line(text, 1, "Step weight", spec.StepWeight > 0 ? Number(spec.StepWeight) : string.Empty);
        Line(text, 1, "Step weights", string.Join(", ", spec.StepWeights));
        Line(text, 1, "Max weight", spec.MaxWeight > 0 ? Number(spec.MaxWeight) : string.Empty);
        Line(text, 1, "Suspended", spec.Suspend ? "true" : string.Empty);
        Line(text, 1, "Skip analysis", spec.SkipAnalysis ? "true" : string.Empty);
        Line(text, 1, "Metrics", string.Join("; ", spec.Metrics));
        Line(text, 1, "Webhooks", string.Join("; ", spec.Webhooks));
    }

    private static void WriteStatus(StringBuilder text, CanaryStatusView canary, DateTimeOffset now)
    {
        text.Append("Status:\n");
        Line(text, 1, "Phase", canary.Phase + (canary.Paused ? " (paused)" : string.Empty));
        Line(text, 1, "Reason", canary.Reason);
        Line(text, 1, "Message", canary.Message);
        Line(text, 1, "Weight", Number(canary.Weight));
        Line(text, 1, "Failed checks", Number(canary.FailedChecks));
        Line(text, 1, "Iterations", Number(canary.Iterations));
        Line(text, 1, "Next check", canary.NextCheck is { } next ? $"in {Ages.Write(next - now)}" : string.Empty);
        Line(text, 1, "Since", canary.LastTransitionTime is { } since ? Times.Write(since) : string.Empty);
        Line(text, 1, "Last applied", canary.LastAppliedSpec);
        Line(text, 1, "Last promoted", canary.LastPromotedSpec);
        Line(text, 1, "Promoted", canary.Promoted is { } promoted ? $"{promoted.Status}: {promoted.Message}" : string.Empty);
        if (canary.Run is { } run)
        {
            Line(text, 1, "Run", $"revision {run.Revision}, since {Ages.Write(now - run.StartedAt)}, {run.Strategy}"
                + (run.Steps.IsDefaultOrEmpty ? string.Empty : $", steps {string.Join(", ", run.Steps)}"));
        }

        Line(text, 1, "Closed gates", string.Join(", ", canary.ClosedGates));
        Line(text, 1, "Approvals", string.Join(", ", canary.Approvals.Select(approval => $"{approval.Hook} for {approval.Revision}")));
        if (canary.Traffic is { } traffic)
        {
            Line(text, 1, "Wanted", Weights(traffic.Wanted));
            Line(text, 1, "Acknowledged", $"by {traffic.Converged} of {traffic.Proxies} proxies");
            foreach (var lagging in traffic.Lagging)
            {
                Line(text, 1, "Lagging", lagging.Rejection is null ? lagging.Node : $"{lagging.Node}: {lagging.Rejection}");
            }
        }
    }

    private static void WriteChecks(StringBuilder text, CanaryStatusView canary, DateTimeOffset now)
    {
        if (canary.Checks is not { IsDefaultOrEmpty: false } checks)
        {
            return;
        }

        text.Append("Checks:\n");
        foreach (var check in checks)
        {
            var value = check.Value is { } known ? known.ToString("0.###", CultureInfo.InvariantCulture) : "no value";
            var baseline = check.Baseline is { } other ? $", primary {other.ToString("0.###", CultureInfo.InvariantCulture)}" : string.Empty;
            Line(text, 1, check.Metric, $"{check.Verdict}, {value}{baseline}, {Ages.Write(now - check.At)} ago");
            Line(text, 2, "Message", check.Message);
            Line(text, 2, "Query", check.Query);
            Line(text, 2, "Answer", check.Answer);
        }
    }

    private static void WriteHistory(StringBuilder text, CanaryStatusView canary, DateTimeOffset now)
    {
        if (canary.History is not { IsDefaultOrEmpty: false } history)
        {
            return;
        }

        text.Append("History:\n");
        text.Append(TextTable.Write(
            [
                ["Ended", "Took", "Phase", "Reason", "Weight", "Failed checks", "Revision", "Message"],
                .. history.Select(run => new[]
                {
                    $"{Ages.Write(now - run.EndedAt)} ago", Ages.Write(run.EndedAt - run.StartedAt), run.Phase, run.Reason,
                    Number(run.Weight), Number(run.FailedChecks), run.Revision, OneLine(run.Message),
                }),
            ],
            "  "));
    }

    private static void WriteEvents(StringBuilder text, CanaryStatusView canary, DateTimeOffset now)
    {
        if (canary.Events is not { IsDefaultOrEmpty: false } events)
        {
            text.Append("Events: none\n");
            return;
        }

        text.Append("Events:\n");
        text.Append(TextTable.Write(
            [
                ["Type", "Age", "Message"],
                .. events.Select(told => new[] { told.Type, Age(told, now), OneLine(told.Text) }),
            ],
            "  "));
    }

    private static string Age(CanaryEventView told, DateTimeOffset now) => told.Count > 1
        ? $"{Ages.Write(now - told.Last)} (x{told.Count} over {Ages.Write(now - told.First)})"
        : Ages.Write(now - told.Last);

    private static string Weights(IEnumerable<BackendWeight> weights) =>
        string.Join(", ", weights.Select(weight => $"{weight.Backend} {weight.Weight}"));

    private static void Line(StringBuilder text, int depth, string label, string value)
    {
        if (value.Length > 0)
        {
            text.Append(' ', depth * 2).Append($"{label}: ".PadRight(LabelWidth)).Append(OneLine(value)).Append('\n');
        }
    }

    // Queries and answers may have many lines.
    private static string OneLine(string value) =>
        string.Join(' ', value.Split(['\n', '\r', '\t'], StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries));

    private static string Number(int value) => value.ToString(CultureInfo.InvariantCulture);
}
