namespace XdsCanary.KubeRuntime.Documents;

/// <summary>One fault found while reading a document: where, in which field, what and how to mend it.</summary>
/// <param name="Position">Where in the text.</param>
/// <param name="Field">Path of the field, for example <c>spec.backends[1].weight</c>.</param>
/// <param name="Message">What is wrong, without path and full stop.</param>
/// <param name="Fix">What to write instead, without full stop.</param>
public sealed record NodeProblem(NodePosition Position, string Field, string Message, string Fix);

/// <summary>
/// Walks a document by field names, collecting every fault instead of stopping at the first. A reader at a missing field is
/// valid: all its children are missing too. Not thread-safe: all readers of one document share one list of problems.
/// </summary>
/// <param name="node">The node read; null when the field is absent.</param>
/// <param name="path">The field's path from the root.</param>
/// <param name="parentPosition">Where to report the absence of the field.</param>
/// <param name="problems">Collects the faults.</param>
public readonly struct NodeReader(DocumentNode? node, string path, NodePosition parentPosition, List<NodeProblem> problems)
{
    private const string NotAnObject = "must be an object";

    /// <summary>The node, or null when absent or null.</summary>
    public DocumentNode? Node { get; } = node is ScalarNode { Kind: ScalarKind.Null } ? null : node;

    /// <summary>The path from the root; empty at the root.</summary>
    public string Path { get; } = path;

    /// <summary>Where the node stands, or where its parent does when it is absent.</summary>
    public NodePosition Position { get; } = node?.Position ?? parentPosition;

    /// <summary>True when the field is there and is not null.</summary>
    public bool Exists => Node is not null;

    /// <summary>Makes a reader at the root of a document.</summary>
    /// <param name="root">The document.</param>
    /// <param name="problems">Collects the faults.</param>
    public static NodeReader At(MappingNode root, List<NodeProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(root);
        return new NodeReader(root, string.Empty, root.Position, problems);
    }

    /// <summary>Reads a child of a mapping. A parent that is not a mapping is reported once and counts as empty.</summary>
    /// <param name="name">The field's name.</param>
    public NodeReader Field(string name)
    {
        var childPath = Path.Length == 0 ? name : IsPlain(name) ? $"{Path}.{name}" : $"{Path}[{name}]";
        switch (Node)
        {
            case null:
                return new NodeReader(null, childPath, Position, problems);
            case MappingNode mapping:
                return new NodeReader(mapping.Find(name), childPath, Position, problems);
            default:
                ReportOnce(NotAnObject, "Write its fields below it, indented");
                return new NodeReader(null, childPath, Position, problems);
        }
    }

    /// <summary>Reads the items of a list; absent means none. A node that is not a list is reported.</summary>
    public IReadOnlyList<NodeReader> Items()
    {
        switch (Node)
        {
            case null:
                return [];
            case SequenceNode sequence:
                var items = new List<NodeReader>(sequence.Items.Length);
                for (var i = 0; i < sequence.Items.Length; i++)
                {
                    items.Add(new NodeReader(sequence.Items[i], $"{Path}[{i}]", Position, problems));
                }

                return items;
            default:
                ReportOnce("must be a list", "Write each item on a line of its own that starts with '- '");
                return [];
        }
    }

    /// <summary>Reads the entries of a mapping; absent means none. A node that is not a mapping is reported.</summary>
    public IReadOnlyList<KeyValuePair<string, NodeReader>> Entries()
    {
        switch (Node)
        {
            case null:
                return [];
            case MappingNode mapping:
                var entries = new List<KeyValuePair<string, NodeReader>>(mapping.Entries.Length);
                foreach (var entry in mapping.Entries)
                {
                    entries.Add(new(entry.Key, new NodeReader(entry.Value, $"{Path}[{entry.Key}]", Position, problems)));
                }

                return entries;
            default:
                ReportOnce(NotAnObject, "Write its fields below it, indented");
                return [];
        }
    }

    /// <summary>Reads a text. A scalar of another type is taken by its text; a list or object is reported.</summary>
    /// <returns>The text, or null when absent or reported.</returns>
    public string? Text()
    {
        switch (Node)
        {
            case null:
                return null;
            case ScalarNode scalar:
                return scalar.Text;
            default:
                ReportOnce("must be a text", "Write a single value");
                return null;
        }
    }

    /// <summary>Reads a text that must be there and not be empty; reports it otherwise.</summary>
    /// <param name="fix">What to write, for the report.</param>
    /// <returns>The text, or null when reported.</returns>
    public string? RequiredText(string fix)
    {
        if (Node is null)
        {
            Report("is missing", fix);
            return null;
        }

        var text = Text();
        if (text is { Length: 0 })
        {
            Report("is empty", fix);
            return null;
        }

        return text;
    }

    /// <summary>Reads an integer in a range; reports anything else.</summary>
    /// <param name="minimum">The least allowed value.</param>
    /// <param name="maximum">The greatest allowed value.</param>
    /// <returns>The number, or null when absent or reported.</returns>
    public long? Integer(long minimum, long maximum)
    {
        if (Node is null)
        {
            return null;
        }

        long number = 0;
        var isNumber = Node is ScalarNode { Kind: ScalarKind.Number } scalar && long.TryParse(
            scalar.Text,
            System.Globalization.NumberStyles.AllowLeadingSign,
            System.Globalization.CultureInfo.InvariantCulture,
            out number);
        if (!isNumber || number < minimum || number > maximum)
        {
            Report(
                $"must be a whole number from {minimum} to {maximum}, not {Shown()}",
                "Write a number in that range, in digits and without quotes");
            return null;
        }

        return number;
    }

    /// <summary>Reads a boolean; reports anything but true and false.</summary>
    /// <returns>The value, or null when absent or reported.</returns>
    public bool? Boolean()
    {
        switch (Node)
        {
            case null:
                return null;
            case ScalarNode { Kind: ScalarKind.Boolean } scalar:
                return string.Equals(scalar.Text, "true", StringComparison.OrdinalIgnoreCase);
            default:
                Report($"must be true or false, not {Shown()}", "Write true or false, without quotes");
                return null;
        }
    }

    /// <summary>
    /// Reports a fault of this field; not that it is absent when it could not be there, because its parent is no object.
    /// </summary>
    /// <param name="message">What is wrong, without path and full stop.</param>
    /// <param name="fix">What to write instead, without full stop.</param>
    public void Report(string message, string fix)
    {
        if (Node is not null || !HasBrokenParent())
        {
            problems.Add(new NodeProblem(Position, Path, message, fix));
        }
    }

    /// <summary>The node as an error text shows it: short, one line.</summary>
    public string Shown() => Node switch
    {
        null => "nothing",
        ScalarNode scalar when scalar.Text.Length > 40 => $"'{scalar.Text[..40]}...'",
        ScalarNode scalar => $"'{scalar.Text}'",
        SequenceNode => "a list",
        _ => "an object",
    };

    // A dot or a slash in a key would look like a step of the path.
    private static bool IsPlain(string name) => name.All(letter => char.IsLetterOrDigit(letter) || letter is '-' or '_');

    private bool HasBrokenParent()
    {
        var path = Path;
        return problems.Exists(problem => problem.Message == NotAnObject
            && path.Length > problem.Field.Length
            && path[problem.Field.Length] is ('.' or '[')
            && path.StartsWith(problem.Field, StringComparison.Ordinal));
    }

    private void ReportOnce(string message, string fix)
    {
        var path = Path;
        if (!problems.Exists(problem => problem.Field == path && problem.Message == message))
        {
            Report(message, fix);
        }
    }
}
