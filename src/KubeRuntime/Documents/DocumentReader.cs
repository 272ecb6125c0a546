using System.Collections.Immutable;
using System.Text;

namespace XdsCanary.KubeRuntime.Documents;

/// <summary>
/// Reads YAML and JSON texts into <see cref="DocumentNode"/> trees with positions. Pure. Never throws on bad input: each
/// document of a text is read by itself and carries its own faults.
/// </summary>
public static class DocumentReader
{
    /// <summary>Reads the bytes of a file.</summary>
    /// <param name="bytes">UTF-8, with or without a byte order mark; at most <see cref="DocumentLimits.MaxBytes"/>.</param>
    /// <param name="syntax">What the bytes are.</param>
    /// <returns>The documents in order. Bytes that are not a text at all give one unreadable document.</returns>
    public static ImmutableArray<ReadDocument> Read(ReadOnlySpan<byte> bytes, DocumentSyntax syntax)
    {
        var content = TextDecoder.WithoutMark(bytes);
        if (TextDecoder.Check(content) is { } problem)
        {
            return [new ReadDocument(Math.Max(1, problem.Position.Line), null, [problem])];
        }

        return syntax == DocumentSyntax.Json
            ? JsonComposer.Read(content, firstLine: 1)
            : ReadYaml(Encoding.UTF8.GetString(content));
    }

    /// <summary>Reads a text, for example a value of a ConfigMap. Lines count from the start of that text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="syntax">What the text is.</param>
    /// <returns>The documents in order.</returns>
    public static ImmutableArray<ReadDocument> Read(string text, DocumentSyntax syntax)
    {
        ArgumentNullException.ThrowIfNull(text);
        return Read(Encoding.UTF8.GetBytes(text), syntax);
    }

    private static ImmutableArray<ReadDocument> ReadYaml(string text)
    {
        var documents = ImmutableArray.CreateBuilder<ReadDocument>();
        foreach (var part in DocumentSplitter.Split(text))
        {
            if (YamlFault.FindControlCharacter(part) is { } problem)
            {
                documents.Add(new ReadDocument(problem.Position.Line, null, [problem]));
            }
            else if (ReadAsJson(part) is { } json)
            {
                documents.AddRange(json);
            }
            else if (YamlComposer.Read(part) is { } document)
            {
                documents.Add(document);
            }
        }

        return documents.ToImmutable();
    }

    /// <summary>
    /// JSON is YAML by the book, but not to the parser (tabs, long keys). What JSON cannot be is left to YAML's messages.
    /// </summary>
    private static ImmutableArray<ReadDocument>? ReadAsJson(DocumentPart part)
    {
        var start = part.Text.AsSpan().TrimStart();
        if (start.Length == 0 || start[0] != '{')
        {
            return null;
        }

        var documents = JsonComposer.Read(Encoding.UTF8.GetBytes(part.Text), part.Line);
        return documents.All(document => document.Root is not null) ? documents : null;
    }
}
