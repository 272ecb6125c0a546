using System.Collections.Immutable;

namespace XdsCanary.KubeRuntime.Documents;

/// <summary>The text of one document, and the line of the whole text at which it starts, from 1.</summary>
internal readonly record struct DocumentPart(string Text, int Line);

/// <summary>
/// Cuts a text at its document markers before it is parsed, so that an error in one document cannot hide the others. This is
/// safe because a marker at the start of a line ends a document wherever it stands, even in a block scalar or in quotes
/// (YAML 1.2.2, 9.1.2 and rule c-forbidden).
/// </summary>
internal static class DocumentSplitter
{
    /// <summary>Cuts a text into documents. Parts without any content are left out.</summary>
    public static ImmutableArray<DocumentPart> Split(string text)
    {
        var parts = ImmutableArray.CreateBuilder<DocumentPart>();
        var (partStart, partLine) = (0, 1);
        var (hasContent, hasDirective) = (false, false);
        var line = 1;
        for (var start = 0; start < text.Length; line++)
        {
            var newline = text.IndexOf('\n', start);
            var next = newline < 0 ? text.Length : newline + 1;
            var span = text.AsSpan(start, next - start);
            var opens = IsMarker(span, "---");
            var closes = IsMarker(span, "...");

            // Directives belong to the document that the next '---' opens.
            if ((opens && !(hasDirective && !hasContent)) || closes)
            {
                Cut(start);
                (partStart, partLine) = closes ? (next, line + 1) : (start, line);
                (hasContent, hasDirective) = (false, false);
            }

            hasContent |= HasContent(span, opens, closes) && !IsDirective(span, hasContent);
            hasDirective |= IsDirective(span, hasContent);
            start = next;
        }

        Cut(text.Length);
        return parts.ToImmutable();

        void Cut(int end)
        {
            if (hasContent)
            {
                parts.Add(new DocumentPart(text[partStart..end], partLine));
            }
        }
    }

    private static bool IsMarker(ReadOnlySpan<char> line, string marker) =>
        line.StartsWith(marker, StringComparison.Ordinal) && (line.Length == 3 || char.IsWhiteSpace(line[3]));

    private static bool IsDirective(ReadOnlySpan<char> line, bool hasContent) => !hasContent && line.Length > 0 && line[0] == '%';

    private static bool HasContent(ReadOnlySpan<char> line, bool opens, bool closes)
    {
        var rest = (opens ? line[3..] : line).Trim();
        return !closes && rest.Length > 0 && rest[0] != '#';
    }
}
