namespace XdsCanary.XdsServer.Model;

/// <summary>A condition on a request header: it is present and its whole value matches.</summary>
/// <param name="Name">The header's name in lower case; <c>:authority</c> for the host.</param>
/// <param name="Regex">A regular expression in RE2 syntax that must match the whole value.</param>
internal sealed record HeaderMatch(string Name, string Regex);

/// <summary>The conditions that a request must meet, all of them; without any it matches every request.</summary>
/// <param name="PathRegex">
/// A regular expression in RE2 syntax that must match the whole path without its query; null for any path.
/// </param>
/// <param name="Methods">The methods, one of which the request must have, in ordinal order; empty for any.</param>
/// <param name="Headers">Conditions on headers, in order of name, then expression.</param>
internal sealed record RouteMatch(string? PathRegex, EquatableArray<string> Methods, EquatableArray<HeaderMatch> Headers)
{
    /// <summary>The number of conditions: the more, the earlier the match is tried.</summary>
    public int Specificity => (PathRegex is null ? 0 : 1) + (Methods.Count == 0 ? 0 : 1) + Headers.Count;
}
