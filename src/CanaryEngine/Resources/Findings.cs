using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Collects the faults and notes of one object while it is read. Used by one mapper call, then dropped.</summary>
internal sealed class Findings
{
    // What notes say in place of a mend, so that nobody takes them for faults.
    private const string NoMend = "This is a notice, not a fault";

    private readonly SourceObject _source;
    private readonly List<NodeProblem> _faults = [];
    private readonly List<NodeProblem> _notes = [];

    /// <summary>Starts reading an object.</summary>
    /// <param name="source">The object.</param>
    /// <param name="options">What it is read for.</param>
    public Findings(SourceObject source, MapperOptions options)
    {
        _source = source;
        Options = options;
        Root = NodeReader.At(source.Root, _faults);
    }

    /// <summary>What the object is read for.</summary>
    public MapperOptions Options { get; }

    /// <summary>Reads the document; its faults are collected here.</summary>
    public NodeReader Root { get; }

    /// <summary>Namespace and name of the object.</summary>
    public NamespacedName Key => _source.Key.Name;

    /// <summary>Notes that a field has no effect here; not when it says what is so anyway.</summary>
    /// <param name="field">The field.</param>
    /// <param name="reason">Why, without full stop.</param>
    public void NoteUnused(NodeReader field, string reason)
    {
        if (IsSet(field.Node))
        {
            _notes.Add(new NodeProblem(field.Position, field.Path, $"is not acted on: {reason}", NoMend));
        }
    }

    /// <summary>Checks <c>apiVersion</c> and the names of the fields beside <c>spec</c>.</summary>
    /// <param name="versions">The versions that are read, the one to use first.</param>
    public void CheckFrame(params ReadOnlySpan<string> versions)
    {
        FieldNames.ReportUnknown(Root, "apiVersion", "kind", "metadata", "spec", "status");
        var version = _source.ApiVersion[(_source.ApiVersion.IndexOf('/', StringComparison.Ordinal) + 1)..];
        if (!versions.Contains(version))
        {
            Root.Field("apiVersion").Report(
                $"'{_source.ApiVersion}' is not a version of {_source.Key.Kind} that is known here",
                $"Write '{CanaryKinds.Group}/{versions[0]}'");
        }

        if (!Root.Field("spec").Exists)
        {
            Root.Field("spec").Report("is missing", "Write what is wanted below 'spec:'");
        }
    }

    /// <summary>Ends the reading.</summary>
    /// <typeparam name="T">The content.</typeparam>
    /// <param name="value">Makes the content; called only when there is no fault.</param>
    public Mapped<T> Finish<T>(Func<T> value)
        where T : class => new(_faults.Count == 0 ? value() : null, Placed(_faults), Placed(_notes));

    private static bool IsSet(DocumentNode? node) => node switch
    {
        null => false,
        ScalarNode scalar => scalar.Text is not ("" or "0" or "false"),
        SequenceNode list => !list.Items.IsEmpty,
        MappingNode mapping => !mapping.Entries.IsEmpty,
        _ => true,
    };

    private EquatableArray<ObjectProblem> Placed(List<NodeProblem> problems) =>
        problems.Select(problem => ObjectReader.Located(problem, _source.Origin, _source.Key)).ToEquatableArray();
}
