using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace XdsCanary.KubeRuntime.Documents;

/// <summary>
/// Builds document trees from JSON. Not done with the YAML parser, because that limits the length of keys and has its own mind
/// about tabs and escapes.
/// </summary>
internal ref struct JsonComposer
{
    private readonly ReadOnlySpan<byte> _json;
    private readonly int _firstLine;
    private Utf8JsonReader _reader;
    private TreeScope _scope = new();
    private int _seen;
    private int _line;
    private int _column = 1;

    private JsonComposer(ReadOnlySpan<byte> json, int firstLine)
    {
        _json = json;
        _firstLine = firstLine;
        _line = firstLine;
        var options = new JsonReaderOptions { AllowMultipleValues = true, MaxDepth = DocumentLimits.MaxDepth + 2 };
        _reader = new Utf8JsonReader(json, options);
    }

    /// <summary>Reads all values of a text. The first syntax error is the last document.</summary>
    /// <param name="json">The text, valid UTF-8.</param>
    /// <param name="firstLine">The line that the text starts at.</param>
    public static ImmutableArray<ReadDocument> Read(ReadOnlySpan<byte> json, int firstLine)
    {
        var composer = new JsonComposer(json, firstLine);
        var documents = ImmutableArray.CreateBuilder<ReadDocument>();
        while (composer.Next() is { } document)
        {
            documents.Add(document);
            if (document.Root is null)
            {
                break;
            }
        }

        return documents.ToImmutable();
    }

    private ReadDocument? Next()
    {
        _scope = new TreeScope();
        try
        {
            if (!_reader.Read())
            {
                return null;
            }

            var root = Value();
            return new ReadDocument(root.Position.Line, root, [.. _scope.Problems]);
        }
        catch (JsonException exception)
        {
            var position = PositionOf(exception);
            var problem = JsonFault.Explain(exception, position);
            return new ReadDocument(position.Line, null, [.. _scope.Problems, problem]);
        }
        catch (DocumentAbortException exception)
        {
            return new ReadDocument(exception.Problem.Position.Line, null, [.. _scope.Problems, exception.Problem]);
        }
    }

    // The reader stops at the next sign. A comma too many stands before it; and past the end of the text there is no line.
    private readonly NodePosition PositionOf(JsonException exception)
    {
        var (line, column) = ((int)(exception.LineNumber ?? 0), (int)(exception.BytePositionInLine ?? 0));
        var at = 0;
        for (var i = 0; i < line; i++)
        {
            at += _json[at..].IndexOf((byte)'\n') + 1;
        }

        var before = _json[..Math.Min(at + column, _json.Length)].TrimEnd(" \t\r\n"u8);
        var isAtEnd = at + column >= _json.Length;
        if (isAtEnd || exception.Message.Contains("trailing comma", StringComparison.OrdinalIgnoreCase))
        {
            line = before.Count((byte)'\n');
            column = before.Length - before.LastIndexOf((byte)'\n') - (isAtEnd ? 1 : 2);
        }

        return new NodePosition(_firstLine + line, column + 1);
    }

    private DocumentNode Value()
    {
        var position = Position();
        _scope.Count(1, 1, position);
        switch (_reader.TokenType)
        {
            case JsonTokenType.StartObject:
                return Mapping(position);
            case JsonTokenType.StartArray:
                return Sequence(position);
            case JsonTokenType.Number:
                return new ScalarNode(Encoding.UTF8.GetString(_reader.ValueSpan), ScalarKind.Number, position);
            case JsonTokenType.True:
                return new ScalarNode("true", ScalarKind.Boolean, position);
            case JsonTokenType.False:
                return new ScalarNode("false", ScalarKind.Boolean, position);
            case JsonTokenType.Null:
                return new ScalarNode(string.Empty, ScalarKind.Null, position);
            default:
                return new ScalarNode(Text(position), ScalarKind.String, position);
        }
    }

    private MappingNode Mapping(NodePosition position)
    {
        var mapping = new MappingBuilder(position, _scope);
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndObject)
        {
            var keyPosition = Position();
            var key = Text(keyPosition);
            _scope.Enter(key, keyPosition);
            _reader.Read();
            var value = Value();
            _scope.Leave();
            mapping.Add(key, keyPosition, value);
        }

        return mapping.Build();
    }

    private SequenceNode Sequence(NodePosition position)
    {
        var items = ImmutableArray.CreateBuilder<DocumentNode>();
        while (_reader.Read() && _reader.TokenType != JsonTokenType.EndArray)
        {
            _scope.Enter(items.Count, position);
            items.Add(Value());
            _scope.Leave();
        }

        return new SequenceNode(items.DrainToImmutable(), position);
    }

    private readonly string Text(NodePosition position)
    {
        try
        {
            return _reader.GetString() ?? string.Empty;
        }
        catch (InvalidOperationException)
        {
            // The reader checks escapes of surrogates only when the text is asked for.
            throw new DocumentAbortException(
                new NodeProblem(position, string.Empty, "the text has half a surrogate pair", "Write the character itself"));
        }
    }

    /// <summary>Line and column of the token in hand. Counts on from the token before, or one long line would be slow.</summary>
    private NodePosition Position()
    {
        var start = (int)_reader.TokenStartIndex;
        var skipped = _json[_seen..start];
        var lastNewline = skipped.LastIndexOf((byte)'\n');
        if (lastNewline >= 0)
        {
            _line += skipped.Count((byte)'\n');
            _column = 1;
            skipped = skipped[(lastNewline + 1)..];
        }

        _column += Encoding.UTF8.GetCharCount(skipped);
        _seen = start;
        return new NodePosition(_line, _column);
    }
}
