using System.Text.RegularExpressions;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads <c>spec.analysis.match</c>: the requests that an A/B test is about.</summary>
internal static class MatchReader
{
    /// <summary>Reads the list.</summary>
    /// <param name="field">The field.</param>
    public static EquatableArray<RequestMatch> Read(NodeReader field) => field.Items().Select(ReadOne).ToEquatableArray();

    private static RequestMatch ReadOne(NodeReader item)
    {
        FieldNames.ReportUnknown(item, "headers", "queryParams", "sourceLabels");
        item.Field("sourceLabels").ReportIfThere(
            "cannot be told from a request: only a sidecar at the caller knows them", "Remove it, and match a header that callers send");
        var headers = ReadNamed(item.Field("headers"), isHeader: true);
        var parameters = ReadNamed(item.Field("queryParams"), isHeader: false);
        if (headers.Count + parameters.Count == 0
            && IsObject(item) && IsObject(item.Field("headers")) && IsObject(item.Field("queryParams"))
            && !item.Field("sourceLabels").Exists)
        {
            item.Report("matches every request", "Write headers or queryParams, or remove it");
        }

        return new RequestMatch(headers, parameters);
    }

    private static EquatableArray<NamedMatch> ReadNamed(NodeReader field, bool isHeader)
    {
        var matches = new SortedDictionary<string, NamedMatch>(StringComparer.Ordinal);
        foreach (var (written, value) in field.Entries())
        {
            if (isHeader && !NameForms.IsToken(written))
            {
                value.Report("is not the name of a header", "Use letters, digits and '-'");
            }

            // Names of headers are the same in any case, and lower-case in HTTP/2.
            var name = isHeader ? written.ToLowerInvariant() : written;
            if (!matches.TryAdd(name, new NamedMatch(name, ReadText(value))))
            {
                value.Report("is there twice: the names of headers are the same in any case", "Keep one of the two");
            }
        }

        return matches.Values.ToEquatableArray();
    }

    private static TextMatch ReadText(NodeReader field)
    {
        const string Fix = "Write one of exact, prefix, suffix and regex";
        FieldNames.ReportUnknown(field, "exact", "prefix", "suffix", "regex");
        TextMatch[] found =
        [
            .. Found(field, "exact", TextMatchKind.Exact), .. Found(field, "prefix", TextMatchKind.Prefix),
            .. Found(field, "suffix", TextMatchKind.Suffix), .. Found(field, "regex", TextMatchKind.Regex),
        ];
        if (found.Length != 1 && IsObject(field))
        {
            field.Report(found.Length == 0 ? "does not say what it must be" : "says what it must be in several ways", Fix);
        }

        return found.FirstOrDefault() ?? new TextMatch(TextMatchKind.Exact, string.Empty);
    }

    private static IEnumerable<TextMatch> Found(NodeReader parent, string name, TextMatchKind kind)
    {
        var field = parent.Field(name);
        if (field.Text() is not { } text)
        {
            yield break;
        }

        if (kind != TextMatchKind.Exact && text.Length == 0)
        {
            field.Report("is empty, and so matches anything", "Write the text, or remove it");
        }

        if (kind == TextMatchKind.Regex && !IsExpression(text))
        {
            field.Report($"is not an expression that Envoy takes (RE2), {field.Shown()}", "Close what is open; do without look-around and back-references");
        }

        yield return new TextMatch(kind, text);
    }

    // Anything else was reported where its fields were looked for.
    private static bool IsObject(NodeReader field) => field.Node is null or MappingNode;

    // RE2 has a little that .NET has not: only what neither has is refused here. What RE2 refuses beyond shows when routes are made.
    private static bool IsExpression(string text)
    {
        try
        {
            _ = new Regex(text, RegexOptions.NonBacktracking | RegexOptions.CultureInvariant);
            return true;
        }
        catch (RegexParseException fault)
        {
            return fault.Error is not (RegexParseError.InsufficientClosingParentheses or RegexParseError.InsufficientOpeningParentheses
                or RegexParseError.UnterminatedBracket or RegexParseError.QuantifierAfterNothing
                or RegexParseError.ReversedQuantifierRange or RegexParseError.ReversedCharacterRange
                or RegexParseError.UnescapedEndingBackslash or RegexParseError.UndefinedNumberedReference);
        }
        catch (NotSupportedException)
        {
            return false;
        }
    }
}
