namespace XdsCanary.XdsServer.Model;

/// <summary>How a text is compared.</summary>
internal enum TextMatchKind
{
    /// <summary>The text is the same.</summary>
    Exact,

    /// <summary>The text begins with it.</summary>
    Prefix,

    /// <summary>The text ends with it.</summary>
    Suffix,

    /// <summary>The expression, in RE2 syntax, matches the whole text.</summary>
    Regex,
}

/// <summary>What a text must look like.</summary>
/// <param name="Kind">How it is compared.</param>
/// <param name="Value">What it is compared with; not empty, but for <see cref="TextMatchKind.Exact"/>.</param>
internal sealed record TextMatch(TextMatchKind Kind, string Value)
{
    /// <summary>Makes a match by a regular expression.</summary>
    /// <param name="regex">The expression, in RE2 syntax.</param>
    public static TextMatch Regex(string regex) => new(TextMatchKind.Regex, regex);
}

/// <summary>A condition on a request header: it is present and its whole value matches.</summary>
/// <param name="Name">The header's name in lower case; <c>:authority</c> for the host.</param>
/// <param name="Value">What its value must look like.</param>
internal sealed record HeaderMatch(string Name, TextMatch Value);

/// <summary>A condition on a parameter of the query: it is present and its value, percent-decoded, matches.</summary>
/// <param name="Name">The parameter's name.</param>
/// <param name="Value">What its value must look like.</param>
internal sealed record QueryMatch(string Name, TextMatch Value);

/// <summary>The conditions that a request must meet, all of them; without any it matches every request.</summary>
/// <param name="PathRegex">
/// A regular expression in RE2 syntax that must match the whole path without its query; null for any path.
/// </param>
/// <param name="Methods">The methods, one of which the request must have, in ordinal order; empty for any.</param>
/// <param name="Headers">Conditions on headers, in order of name, then expression.</param>
internal sealed record RouteMatch(string? PathRegex, EquatableArray<string> Methods, EquatableArray<HeaderMatch> Headers)
{
    /// <summary>Conditions on parameters of the query, in order of name, then expression.</summary>
    public EquatableArray<QueryMatch> QueryParams { get; init; }

    /// <summary>The number of conditions: the more, the earlier the match is tried.</summary>
    public int Specificity =>
        (PathRegex is null ? 0 : 1) + (Methods.Count == 0 ? 0 : 1) + Headers.Count + QueryParams.Count;

    /// <summary>Makes the conditions that hold when these and others hold.</summary>
    /// <param name="headers">The others on headers.</param>
    /// <param name="queryParams">The others on parameters of the query.</param>
    public RouteMatch And(IEnumerable<HeaderMatch> headers, IEnumerable<QueryMatch> queryParams) => this with
    {
        Headers = Headers.Items.Concat(headers).Distinct()
            .OrderBy(header => header.Name, StringComparer.Ordinal)
            .ThenBy(header => header.Value.Value, StringComparer.Ordinal)
            .ToEquatableArray(),
        QueryParams = QueryParams.Items.Concat(queryParams).Distinct()
            .OrderBy(parameter => parameter.Name, StringComparer.Ordinal)
            .ThenBy(parameter => parameter.Value.Value, StringComparer.Ordinal)
            .ToEquatableArray(),
    };
}
