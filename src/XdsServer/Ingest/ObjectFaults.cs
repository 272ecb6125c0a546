using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>Collects the faults of one object while it is read. Used by one mapper call, then dropped.</summary>
internal sealed class ObjectFaults
{
    private readonly SourceObject _source;
    private readonly List<NodeProblem> _problems = [];
    private string? _reason;

    /// <summary>Starts reading an object.</summary>
    /// <param name="source">The object.</param>
    public ObjectFaults(SourceObject source)
    {
        _source = source;
        Root = NodeReader.At(source.Root, _problems);
    }

    /// <summary>Reads the document; its faults are collected here.</summary>
    public NodeReader Root { get; }

    /// <summary>Reports a fault that has a reason of its own.</summary>
    /// <param name="reason">One of <see cref="ConditionReasons"/>; the first one reported is the object's.</param>
    /// <param name="field">The field.</param>
    /// <param name="message">What is wrong, without path and full stop.</param>
    /// <param name="fix">What to write instead, without full stop.</param>
    public void Report(string reason, NodeReader field, string message, string fix)
    {
        _reason ??= reason;
        field.Report(message, fix);
    }

    /// <summary>Takes over the faults of a text that stands in a field, such as an annotation; they are placed at the field.</summary>
    /// <param name="field">The field.</param>
    /// <param name="problems">The faults, with paths from the object's root.</param>
    public void Adopt(NodeReader field, IEnumerable<NodeProblem> problems) =>
        _problems.AddRange(problems.Select(problem => problem with { Position = field.Position }));

    /// <summary>Ends the reading.</summary>
    /// <param name="value">Makes the content; called only when there is no fault.</param>
    public Decoded Finish(Func<DecodedValue> value) => _problems.Count == 0
        ? new Decoded(value(), ConditionReasons.Accepted, [])
        : new Decoded(null, _reason ?? ConditionReasons.InvalidObject, _problems.Select(ToObjectProblem).ToEquatableArray());

    private ObjectProblem ToObjectProblem(NodeProblem problem)
    {
        var origin = problem.Position.Line == 0 ? _source.Origin : _source.Origin with { Line = problem.Position.Line };
        return new ObjectProblem(origin, _source.Key, problem.Field, problem.Message, problem.Fix);
    }
}
