using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.XdsServer.Ingest.Routing;

/// <summary>Reads the cookies of the annotation <c>xdscanary.io/routing</c>.</summary>
internal static class AffinityReader
{
    // What browsers take for a whole cookie (RFC 6265, section 6.1).
    private const int MaximumLength = 4096;

    /// <summary>Reads <c>affinity</c>.</summary>
    /// <param name="field">The field.</param>
    /// <param name="names">Reads names of backends.</param>
    /// <returns>What it says; null when there is none.</returns>
    public static SplitAffinity? Read(NodeReader field, BackendNames names)
    {
        if (!field.Exists)
        {
            return null;
        }

        FieldNames.ReportUnknown(
            field, "backend", "cookie", "maxAgeSeconds", "fallback", "primaryCookie", "primaryMaxAgeSeconds", "previousCookie",
            "attributes");
        var attributes = ReadAttributes(field.Field("attributes"));
        var primary = ReadCookie(field.Field("primaryCookie"), ReadAge(field.Field("primaryMaxAgeSeconds")), attributes);

        // Browsers drop a cookie only if its domain and path are those that it was set with.
        var previous = ReadCookie(field.Field("previousCookie"), -1, attributes);
        var needsFallback = primary is not null || previous is not null;
        return new SplitAffinity
        {
            Backend = names.Required(field.Field("backend")),
            Fallback = needsFallback ? names.Required(field.Field("fallback")) : names.Optional(field.Field("fallback")),
            Cookie = ReadCookie(field.Field("cookie"), ReadAge(field.Field("maxAgeSeconds")), attributes),
            PrimaryCookie = primary,
            PreviousCookie = previous,
        };
    }

    private static long? ReadAge(NodeReader field) => field.Integer(0, int.MaxValue);

    private static string ReadAttributes(NodeReader field)
    {
        var text = field.Text() ?? string.Empty;
        if (!text.All(letter => letter is >= ' ' and <= '~') || text.Length > MaximumLength)
        {
            field.Report(
                $"must be attributes of a cookie, not {field.Shown()}", "Write them as a Set-Cookie header does: Path=/; HttpOnly");
        }

        return text.Trim(' ', ';');
    }

    private static AffinityCookie? ReadCookie(NodeReader field, long? maxAge, string attributes)
    {
        if (field.Text() is not { Length: > 0 } pair)
        {
            return null;
        }

        var parts = pair.Split('=', 2);
        if (parts.Length != 2 || pair.Length > MaximumLength || !NameRules.IsToken(parts[0]) || !IsValue(parts[1]))
        {
            field.Report($"must be a cookie, not {field.Shown()}", "Write NAME=VALUE, without blanks, quotes, commas and semicolons");
        }

        var age = maxAge is { } seconds ? $"; Max-Age={seconds}" : string.Empty;
        return new AffinityCookie(pair, $"{pair}{age}{(attributes.Length > 0 ? $"; {attributes}" : string.Empty)}");
    }

    // RFC 6265, section 4.1.1, cookie-octet.
    private static bool IsValue(string text) =>
        text.Length > 0 && text.All(letter => letter is > ' ' and <= '~' and not ('"' or ',' or ';' or '\\'));
}
