namespace XdsCanary.XdsServer.Ingest;

/// <summary>
/// Turns the <c>pathRegex</c> of a route group, which the SMI specification anchors at the start only, into one that must
/// match the whole path, as Envoy's <c>safe_regex</c> does.
/// </summary>
internal static class PathAnchoring
{
    /// <summary>Turns an expression.</summary>
    /// <param name="regex">The expression as written; valid in RE2.</param>
    /// <param name="anchoring">How much of the path it is to match.</param>
    public static string Apply(string regex, RegexAnchoring anchoring)
    {
        if (anchoring == RegexAnchoring.Full)
        {
            return regex;
        }

        // With alternatives an anchor belongs to one of them only, and in a quote it is none at all, so it has to stay; inside
        // the wrapper it means what it meant outside.
        if (regex.Contains('|') || regex.Contains("\\Q", StringComparison.Ordinal))
        {
            return $"(?:{regex}).*";
        }

        var start = regex.StartsWith('^') ? regex[1..] : regex;
        var isEndAnchored = start.EndsWith('$') && CountBackslashesBeforeLast(start) % 2 == 0;
        return isEndAnchored ? start[..^1] : $"(?:{start}).*";
    }

    private static int CountBackslashesBeforeLast(string text)
    {
        var index = text.Length - 2;
        while (index >= 0 && text[index] == '\\')
        {
            index--;
        }

        return text.Length - 2 - index;
    }
}
