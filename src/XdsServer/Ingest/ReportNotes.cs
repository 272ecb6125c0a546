using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>
/// Collects what is found out about objects while they are put together, and makes reports of it. Used by one assembly, then
/// dropped.
/// </summary>
internal sealed class ReportNotes
{
    private readonly Dictionary<ObjectKey, List<Note>> _notes = [];

    /// <summary>Notes that something about an object is not well.</summary>
    /// <param name="key">The object.</param>
    /// <param name="type">One of <see cref="ConditionTypes"/>.</param>
    /// <param name="reason">One of <see cref="ConditionReasons"/>; the first one noted is the condition's.</param>
    /// <param name="message">What, a sentence without full stop.</param>
    /// <param name="place">The field that it is about; null when it is about the whole object.</param>
    /// <param name="fix">What to do about it, without full stop.</param>
    public void Warn(ObjectKey key, string type, string reason, string message, PlacedText? place, string fix) =>
        NotesOf(key).Add(new Note(type, reason, message, place ?? new PlacedText(string.Empty, string.Empty, 0), fix));

    /// <summary>Notes something worth knowing about an object that is in use.</summary>
    /// <param name="key">The object.</param>
    /// <param name="reason">One of <see cref="ConditionReasons"/>.</param>
    /// <param name="message">What, a sentence without full stop.</param>
    public void Inform(ObjectKey key, string reason, string message) =>
        NotesOf(key).Add(new Note(ConditionTypes.Accepted, reason, message, null, string.Empty));

    /// <summary>Makes the reports of all objects.</summary>
    /// <param name="objects">The objects.</param>
    /// <param name="previous">The reports before; equal ones are handed out again.</param>
    /// <returns>The reports by key.</returns>
    public ImmutableArray<ObjectReport> ToReports(IEnumerable<DecodedObject> objects, ImmutableArray<ObjectReport> previous)
    {
        var before = previous.ToDictionary(report => report.Key);
        var reports = objects
            .Select(item => MakeReport(item))
            .Select(report => before.GetValueOrDefault(report.Key) is { } old && old == report ? old : report)
            .OrderBy(report => report.Key.Group, StringComparer.Ordinal)
            .ThenBy(report => report.Key.Kind, StringComparer.Ordinal)
            .ThenBy(report => report.Key.Name)
            .ToImmutableArray();
        return reports.AsSpan().SequenceEqual(previous.AsSpan(), ReferenceEqualityComparer.Instance) ? previous : reports;
    }

    private ObjectReport MakeReport(DecodedObject item)
    {
        var source = item.Source;
        var notes = _notes.GetValueOrDefault(source.Key) ?? [];
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

    private static ObjectCondition AllFound { get; } =
        new(ConditionTypes.ResolvedRefs, true, ConditionReasons.Accepted, "Everything it refers to was found", []);

    private static ObjectCondition Accepted(DecodedObject item, List<Note> notes)
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

    private static ObjectCondition? Combine(SourceObject source, string type, List<Note> notes)
    {
        var own = notes.FindAll(note => note.Type == type);
        if (own.Count == 0)
        {
            return null;
        }

        var leading = own.Find(note => note.Place is not null) ?? own[0];
        var problems = own.Where(note => note.Place is not null).Select(note => ToProblem(source, note)).ToEquatableArray();
        return new ObjectCondition(
            type, problems.Count == 0, leading.Reason, string.Join("; ", own.Select(note => note.Message).Distinct()), problems);
    }

    private static ObjectProblem ToProblem(SourceObject source, Note note)
    {
        var place = note.Place!.Value;
        var origin = place.Line == 0 ? source.Origin : source.Origin with { Line = place.Line };
        return new ObjectProblem(origin, source.Key, place.Field, note.Message, note.Fix);
    }

    private List<Note> NotesOf(ObjectKey key)
    {
        if (!_notes.TryGetValue(key, out var notes))
        {
            _notes[key] = notes = [];
        }

        return notes;
    }

    /// <summary>One thing found out; with a place it is a fault, without one a notice.</summary>
    private sealed record Note(string Type, string Reason, string Message, PlacedText? Place, string Fix);
}
