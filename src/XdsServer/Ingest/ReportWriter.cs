using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>Makes reports of objects from what was read of them and what was found out when they were put together.</summary>
internal static class ReportWriter
{
    private static ObjectCondition AllFound { get; } =
        new(ConditionTypes.ResolvedRefs, true, ConditionReasons.Accepted, "Everything it refers to was found", []);

    /// <summary>Makes the report of an object.</summary>
    /// <param name="item">The object.</param>
    /// <param name="notes">What was found out about it, in order.</param>
    public static ObjectReport Make(DecodedObject item, ImmutableArray<ReportNote> notes)
    {
        var source = item.Source;
        var conditions = new List<ObjectCondition> { Accepted(item, notes) };
        if (Combine(source, ConditionTypes.ResolvedRefs, notes) is { } refs)
        {
            conditions.Add(refs);
        }
        else if (item.Value is TrafficSplitValue)
        {
            conditions.Add(AllFound);
        }

        return new ObjectReport(
            source.Key, source.Origin, source.Generation, conditions.ToEquatableArray(), item.LastGoodInUse);
    }

    private static ObjectCondition Accepted(DecodedObject item, ImmutableArray<ReportNote> notes)
    {
        var problems = item.Result.Problems;
        if (problems.Count == 0)
        {
            return Combine(item.Source, ConditionTypes.Accepted, notes) ?? ObjectCondition.Accepted;
        }

        var use = item.LastGoodInUse ? "its last good version stays in use" : "it is not in use";
        var faults = string.Join("; ", problems.Items.Select(problem => $"{problem.Field} {problem.Message}"));
        return new ObjectCondition(ConditionTypes.Accepted, false, item.Result.Reason, $"{faults}; {use}", problems);
    }

    private static ObjectCondition? Combine(SourceObject source, string type, ImmutableArray<ReportNote> notes)
    {
        var own = notes.Where(note => note.Type == type).ToList();
        if (own.Count == 0)
        {
            return null;
        }

        var leading = own.Find(note => note.Place is not null) ?? own[0];
        var problems = own.Where(note => note.Place is not null).Select(note => ToProblem(source, note)).ToEquatableArray();
        return new ObjectCondition(
            type, problems.Count == 0, leading.Reason, string.Join("; ", own.Select(note => note.Message).Distinct()), problems);
    }

    private static ObjectProblem ToProblem(SourceObject source, ReportNote note)
    {
        var place = note.Place!.Value;
        var origin = place.Line == 0 ? source.Origin : source.Origin with { Line = place.Line };
        return new ObjectProblem(origin, source.Key, place.Field, note.Message, note.Fix);
    }
}
