using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>Puts what showed when resources were built into the reports of the objects.</summary>
internal static class ObjectReports
{
    /// <summary>
    /// Adds findings; one about a question that a report answers already replaces a good answer, and joins a bad one.
    /// </summary>
    /// <param name="reports">The reports.</param>
    /// <param name="findings">The findings of any number of builds; repeats count once.</param>
    /// <param name="objects">The objects, which tell the places of what was found.</param>
    /// <returns>The reports, in the same order; those without findings are the same instances.</returns>
    public static ImmutableArray<ObjectReport> Merge(
        ImmutableArray<ObjectReport> reports, IEnumerable<ObjectFinding> findings, ObjectSet objects)
    {
        var byKey = findings.Distinct().ToLookup(finding => finding.Key, finding => Placed(finding, objects));
        return byKey.Count == 0
            ? reports
            : [.. reports.Select(report => byKey.Contains(report.Key) ? Merge(report, byKey[report.Key]) : report)];
    }

    private static ObjectCondition Placed(ObjectFinding finding, ObjectSet objects)
    {
        if (!objects.Objects.TryGetValue(finding.Key, out var source))
        {
            return finding.Condition;
        }

        var field = finding.Path.Items.Aggregate(NodeReader.At(source.Root, []), (reader, name) => reader.Field(name));
        var origin = source.Origin with { Line = field.Position.Line };
        return finding.Condition with
        {
            Problems = [new ObjectProblem(origin, finding.Key, field.Path, finding.Condition.Message, finding.Fix)],
        };
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
