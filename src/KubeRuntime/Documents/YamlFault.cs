namespace XdsCanary.KubeRuntime.Documents;

/// <summary>
/// Says what is wrong with a YAML text in words that help to mend it. The parser's messages speak of tokens; people know tabs,
/// quotes, brackets and indentation, so those are looked for in the text itself first.
/// </summary>
internal static class YamlFault
{
    private const string TemplateFix = "Render templates before, or put the value in quotes";

    /// <summary>Explains a syntax error.</summary>
    /// <param name="part">The document's text.</param>
    /// <param name="parserMessage">What the parser says; may be empty.</param>
    /// <param name="start">Where the text at fault starts.</param>
    /// <param name="position">Where the parser stopped.</param>
    /// <param name="openBracket">The innermost <c>[</c> or <c>{</c> that is not closed yet.</param>
    public static NodeProblem Explain(
        DocumentPart part, string parserMessage, NodePosition start, NodePosition position, NodePosition? openBracket)
    {
        if (parserMessage.Contains("tab", StringComparison.Ordinal) && FindTab(part, position.Line) is { } tab)
        {
            return Fault(tab, "a tab is used for indentation", "Indent with spaces: YAML does not allow tabs there");
        }

        var lines = part.Text.Split('\n');
        if (FindConflict(part, lines) is { } conflict)
        {
            return Fault(conflict, "the file has an unresolved merge conflict", "Resolve it and remove the conflict markers");
        }

        var line = LineAt(part, lines, position.Line);
        if (line.Contains("{{", StringComparison.Ordinal))
        {
            return Fault(position, "the line looks like a template, not like YAML", TemplateFix);
        }

        if (openBracket is { } open)
        {
            return Fault(open, "the bracket opened here is never closed, or a ',' is missing in it", "Close it with ']' or '}'");
        }

        var isOpenQuote = parserMessage.Contains("quoted scalar", StringComparison.Ordinal)
            && (parserMessage.Contains("end of stream", StringComparison.Ordinal)
                || parserMessage.Contains("wrong indentation", StringComparison.Ordinal));
        return isOpenQuote
            ? Fault(start, "the quote opened here is not closed", "Close the quote, or indent its continuation lines")
            : FromParser(parserMessage, position, line);
    }

    /// <summary>The fault of a list or an object that is used as a key.</summary>
    public static NodeProblem ComplexKey(DocumentPart part, NodePosition position)
    {
        var line = LineAt(part, part.Text.Split('\n'), position.Line);
        return line.Contains("{{", StringComparison.Ordinal)
            ? Fault(position, "the line looks like a template, not like YAML", TemplateFix)
            : Fault(position, "a key is a list or an object", "Use a single text as the key");
    }

    /// <summary>Finds a character that no YAML or JSON text may have.</summary>
    /// <returns>The fault, or null when there is none.</returns>
    public static NodeProblem? FindControlCharacter(DocumentPart part)
    {
        var text = part.Text.AsSpan();
        for (var i = 0; i < text.Length; i++)
        {
            if (char.IsControl(text[i]) && text[i] is not ('\t' or '\n' or '\r' or '\u0085'))
            {
                var line = text[..i].Count('\n');
                return Fault(
                    new(part.Line + line, i - text[..i].LastIndexOf('\n')),
                    $"the text has the control character U+{(int)text[i]:X4}",
                    "Remove it, or write it as an escape in double quotes");
            }
        }

        return null;
    }

    private static NodeProblem FromParser(string message, NodePosition position, string line)
    {
        bool Says(string words) => message.Contains(words, StringComparison.OrdinalIgnoreCase);

        if (Says("escape") || Says("Unicode"))
        {
            return Fault(position, "a double-quoted text has an escape that YAML does not know", "Write '\\\\' for a backslash");
        }

        if (Says("invalid mapping") || Says("Mapping values are not allowed"))
        {
            return Fault(
                position,
                "a ':' stands where no key can be",
                "Check the indentation of this line; put a value that has ': ' in it in quotes");
        }

        if (Says("cannot start any token"))
        {
            var sign = line.ElementAtOrDefault(position.Column - 2);
            return Fault(position, $"a value cannot start with '{sign}'", "Put the value in quotes");
        }

        if (Says("expected key") || Says("expected '-'") || Says("sequence entries are not allowed"))
        {
            return Fault(
                position,
                "the line does not fit the lines above it",
                "Align it with its neighbours; keys and '- ' items cannot be mixed at one level");
        }

        return message.Length == 0 || Says("expected node content")
            ? Fault(position, "something is missing or too much here", "Check brackets, quotes and indentation")
            : Fault(
                position,
                $"not valid YAML: {Tidy(message)}",
                "Check the indentation and the quotes of this line and the one above");
    }

    private static NodeProblem Fault(NodePosition position, string message, string fix) =>
        new(position, string.Empty, message, fix);

    private static string Tidy(string message)
    {
        var text = message.TrimEnd('.', ' ');
        return text.Length == 0 ? text : char.ToLowerInvariant(text[0]) + text[1..];
    }

    private static string LineAt(DocumentPart part, string[] lines, int line) =>
        lines.ElementAtOrDefault(line - part.Line)?.TrimEnd('\r') ?? string.Empty;

    private static NodePosition? FindConflict(DocumentPart part, string[] lines)
    {
        var index = Array.FindIndex(lines, line =>
            line.StartsWith("<<<<<<< ", StringComparison.Ordinal) || line.StartsWith(">>>>>>> ", StringComparison.Ordinal));
        return index < 0 ? null : new NodePosition(part.Line + index, 1);
    }

    /// <summary>Finds the first tab at or after a line: the parser reports some tabs at the start of the document.</summary>
    private static NodePosition? FindTab(DocumentPart part, int fromLine)
    {
        var lines = part.Text.Split('\n');
        for (var i = Math.Max(0, fromLine - part.Line); i < lines.Length; i++)
        {
            var indentation = lines[i].AsSpan(0, lines[i].Length - lines[i].AsSpan().TrimStart(" \t").Length);
            var column = indentation.IndexOf('\t');
            if (column >= 0)
            {
                return new NodePosition(part.Line + i, column + 1);
            }
        }

        return null;
    }
}
