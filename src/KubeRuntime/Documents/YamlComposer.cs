using System.Collections.Immutable;
using System.Globalization;
using YamlDotNet.Core;
using YamlDotNet.Core.Events;

namespace XdsCanary.KubeRuntime.Documents;

/// <summary>
/// Builds the tree of one YAML document from parser events. Aliases share the anchored subtree, but count in full, so that a
/// small text cannot stand for a huge tree.
/// </summary>
internal sealed class YamlComposer
{
    private readonly TreeScope _scope = new();
    private readonly Dictionary<string, Composed> _anchors = new(StringComparer.Ordinal);
    private readonly Stack<NodePosition> _openBrackets = new();
    private readonly DocumentPart _part;
    private readonly Parser _parser;

    private YamlComposer(DocumentPart part)
    {
        _part = part;
        _parser = new Parser(new Scanner(new StringReader(part.Text), skipComments: true));
    }

    /// <summary>Reads one document.</summary>
    /// <param name="part">Its text, without other documents.</param>
    /// <returns>The document; null when it has no content.</returns>
    public static ReadDocument? Read(DocumentPart part)
    {
        var composer = new YamlComposer(part);
        try
        {
            var root = composer.Document();
            return root is null && composer._scope.Problems.Count == 0
                ? null
                : new ReadDocument(root?.Position.Line ?? part.Line, root, [.. composer._scope.Problems]);
        }
        catch (DocumentAbortException exception)
        {
            return composer.Failed(exception.Problem);
        }
        catch (YamlException exception)
        {
            var (start, end) = (composer.PositionOf(exception.Start), composer.PositionOf(exception.End));
            return composer.Failed(YamlFault.Explain(part, exception.Message, start, end, composer.Open));
        }
        catch (Exception)
        {
            // The parser's own state machine breaks on some texts in its own ways, for example on a flow list that is not closed.
            // Whatever it throws, it is this document that cannot be read, and no reason to lose the others.
            var last = composer.LastPosition();
            return composer.Failed(YamlFault.Explain(part, string.Empty, last, last, composer.Open));
        }
    }

    private NodePosition? Open => _openBrackets.TryPeek(out var position) ? position : null;

    private ReadDocument Failed(NodeProblem problem) =>
        new(problem.Position.Line, null, [.. _scope.Problems, problem]);

    private DocumentNode? Document()
    {
        Expect<StreamStart>();
        if (Advance() is not DocumentStart)
        {
            return null;
        }

        Advance();
        if (_parser.Current is Scalar { Style: ScalarStyle.Plain, Value.Length: 0, Tag.IsEmpty: true })
        {
            return null;
        }

        return Node().Node;
    }

    private Composed Node()
    {
        var current = _parser.Current!;
        var position = PositionOf(current.Start);
        if (current is AnchorAlias alias)
        {
            return Alias(alias.Value.Value, position);
        }

        _scope.Count(1, 1, position);
        var composed = current switch
        {
            Scalar scalar => new Composed(ScalarOf(scalar, position), 1, 1),
            SequenceStart => Sequence((SequenceStart)current, position),
            MappingStart => Mapping((MappingStart)current, position),
            _ => throw new InvalidOperationException($"The event {current} cannot start a node."),
        };
        if (current is NodeEvent { Anchor.IsEmpty: false } anchored)
        {
            _anchors[anchored.Anchor.Value] = composed;
        }

        return composed;
    }

    private Composed Alias(string name, NodePosition position)
    {
        if (!_anchors.TryGetValue(name, out var target))
        {
            _scope.Report(
                position,
                $"the alias '*{name}' has no anchor '&{name}' before it",
                $"Define '&{name}' above, or put the text in quotes when no alias is meant");
            return new Composed(new ScalarNode(string.Empty, ScalarKind.Null, position), 1, 1);
        }

        _scope.Count(target.Size, target.Height, position);
        return target;
    }

    private ScalarNode ScalarOf(Scalar scalar, NodePosition position)
    {
        var kind = ScalarKind.String;
        if (!scalar.Tag.IsEmpty)
        {
            kind = YamlScalars.KindOfTag(scalar.Tag.Value) ?? UnknownTag(scalar.Tag, position);
        }
        else if (scalar.Style == ScalarStyle.Plain)
        {
            kind = YamlScalars.KindOfPlain(scalar.Value);
        }

        return new ScalarNode(kind == ScalarKind.Null ? string.Empty : scalar.Value, kind, position);
    }

    private Composed Sequence(SequenceStart start, NodePosition position)
    {
        var isFlow = start.Style == SequenceStyle.Flow;
        Opened(start, isFlow, position);
        var items = ImmutableArray.CreateBuilder<DocumentNode>();
        var (size, height) = (1, 0);
        while (Advance() is not SequenceEnd)
        {
            _scope.Enter(items.Count, position);
            var item = Node();
            _scope.Leave();
            items.Add(item.Node);
            (size, height) = (size + item.Size, Math.Max(height, item.Height));
        }

        Closed(isFlow);
        return new Composed(new SequenceNode(items.DrainToImmutable(), position), size, height + 1);
    }

    private Composed Mapping(MappingStart start, NodePosition position)
    {
        var isFlow = start.Style == MappingStyle.Flow;
        Opened(start, isFlow, position);
        var mapping = new MappingBuilder(position, _scope);
        var (size, height) = (1, 0);
        while (Advance() is not MappingEnd)
        {
            var keyPosition = PositionOf(_parser.Current!.Start);
            var isMerge = _parser.Current is Scalar { Style: ScalarStyle.Plain, Value: "<<" };
            var key = Key(keyPosition);
            _scope.Enter(key, keyPosition);
            Advance();
            var value = Node();
            _scope.Leave();
            (size, height) = (size + value.Size, Math.Max(height, value.Height));
            if (isMerge)
            {
                mapping.Merge(keyPosition, value.Node);
            }
            else
            {
                mapping.Add(key, keyPosition, value.Node);
            }
        }

        Closed(isFlow);
        return new Composed(mapping.Build(), size, height + 1);
    }

    private string Key(NodePosition position)
    {
        if (Node().Node is ScalarNode key)
        {
            // A key is a text whatever it looks like: 'null' and '~' are names here.
            return _parser.Current is Scalar written ? written.Value : key.Text;
        }

        throw new DocumentAbortException(YamlFault.ComplexKey(_part, position));
    }

    private void Opened(NodeEvent start, bool isFlow, NodePosition position)
    {
        if (!start.Tag.IsEmpty && !YamlScalars.IsCollectionTag(start.Tag.Value))
        {
            UnknownTag(start.Tag, position);
        }

        if (isFlow)
        {
            _openBrackets.Push(position);
        }
    }

    private void Closed(bool isFlow)
    {
        if (isFlow)
        {
            _openBrackets.Pop();
        }
    }

    private ScalarKind UnknownTag(TagName tag, NodePosition position)
    {
        _scope.Report(position, $"the tag '{tag.Value}' is not known here", "Remove the tag, or put the value in quotes");
        return ScalarKind.String;
    }

    private void Expect<TEvent>()
    {
        if (Advance() is not TEvent)
        {
            throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Expected {typeof(TEvent).Name}."));
        }
    }

    private ParsingEvent Advance() =>
        _parser.MoveNext() ? _parser.Current! : throw new InvalidOperationException("The events ended early.");

    private NodePosition LastPosition() => _parser.Current is { } current ? PositionOf(current.End) : new(_part.Line, 1);

    private NodePosition PositionOf(in Mark mark) => new((int)mark.Line + _part.Line - 1, (int)mark.Column);

    /// <summary>A node with the number of nodes in it and the levels that it spans.</summary>
    private readonly record struct Composed(DocumentNode Node, int Size, int Height);
}
