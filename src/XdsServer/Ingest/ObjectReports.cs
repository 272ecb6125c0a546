using System.Collections.Immutable;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>Puts what showed when resources were built into the reports of the objects.</summary>
internal static class ObjectReports
{
    /// <summary>Adds findings; one about a question that a report answers already replaces a good answer, and joins a bad one.</summary>
    /// <param name="reports">The reports.</param>
    /// <param name="findings">The findings of any number of builds; repeats count once.</param>
    /// <returns>The reports, in the same order; those without findings are the same instances.</returns>
    public static ImmutableArray<ObjectReport> Merge(
        ImmutableArray<ObjectReport> reports, IEnumerable<ObjectFinding> findings)
    {
        var byKey = findings.Distinct().ToLookup(finding => finding.Key, finding => finding.Condition);
        return byKey.Count == 0
            ? reports
            : [.. reports.Select(report => byKey.Contains(report.Key) ? Merge(report, byKey[report.Key]) : report)];
    }

    private static ObjectReport Merge(ObjectReport report, IEnumerable<ObjectCondition> found)
    {
        var conditions = report.Conditions.Items.ToDictionary(condition => condition.Type);
        foreach (var condition in found)
        {
            conditions[condition.Type] = conditions.GetValueOrDefault(condition.Type) is { Status: false } bad
                ? bad with
                {
                    Message = $"{bad.Message}; {condition.Message}",
                    Problems = bad.Problems.Items.AddRange(condition.Problems.Items),
                }
                : condition;
        }

        return report with
        {
            Conditions = conditions.Values.OrderBy(condition => condition.Type, StringComparer.Ordinal).ToEquatableArray(),
        };
    }
}
