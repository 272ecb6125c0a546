using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>Collects what is found out about objects while they are put together. Used by one piece of an assembly, then dropped.</summary>
internal sealed class ReportNotes
{
    /// <summary>Nothing noted.</summary>
    public static readonly ImmutableDictionary<ObjectKey, ImmutableArray<ReportNote>> NoNotes =
        ImmutableDictionary<ObjectKey, ImmutableArray<ReportNote>>.Empty;

    private readonly Dictionary<ObjectKey, List<ReportNote>> _notes = [];

    /// <summary>Notes that something about an object is not well.</summary>
    /// <param name="key">The object.</param>
    /// <param name="type">One of <see cref="ConditionTypes"/>.</param>
    /// <param name="reason">One of <see cref="ConditionReasons"/>; the first one noted is the condition's.</param>
    /// <param name="message">What, a sentence without full stop.</param>
    /// <param name="place">The field that it is about; null when it is about the whole object.</param>
    /// <param name="fix">What to do about it, without full stop.</param>
    public void Warn(ObjectKey key, string type, string reason, string message, PlacedText? place, string fix) =>
        NotesOf(key).Add(new ReportNote(type, reason, message, place ?? new PlacedText(string.Empty, string.Empty, 0), fix));

    /// <summary>Notes something worth knowing about an object that is in use.</summary>
    /// <param name="key">The object.</param>
    /// <param name="reason">One of <see cref="ConditionReasons"/>.</param>
    /// <param name="message">What, a sentence without full stop.</param>
    public void Inform(ObjectKey key, string reason, string message) =>
        NotesOf(key).Add(new ReportNote(ConditionTypes.Accepted, reason, message, null, string.Empty));

    /// <summary>Everything that was noted, by object, in order.</summary>
    public ImmutableDictionary<ObjectKey, ImmutableArray<ReportNote>> ToNotes() =>
        _notes.Count == 0 ? NoNotes : _notes.ToImmutableDictionary(pair => pair.Key, pair => pair.Value.ToImmutableArray());

    private List<ReportNote> NotesOf(ObjectKey key)
    {
        if (!_notes.TryGetValue(key, out var notes))
        {
            _notes[key] = notes = [];
        }

        return notes;
    }
}
