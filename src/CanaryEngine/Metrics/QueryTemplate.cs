using System.Collections.Immutable;
using System.Text;
using System.Text.RegularExpressions;

namespace XdsCanary.CanaryEngine.Metrics;

/// <summary>
/// Fills in queries: <c>{{ name }}</c> and <c>{{ variables.key }}</c>, with <c>{{-</c> and <c>-}}</c> to cut the white space
/// beside them. White space is collapsed, so that a query of several lines is sent as one. Pure.
/// </summary>
internal static partial class QueryTemplate
{
    /// <summary>The name that stands for the service that the value is asked for: the canary, or the primary it is compared with.</summary>
    public const string Subject = "subject";

    private const string Open = "{{";
    private const string Close = "}}";

    /// <summary>Fills in a query.</summary>
    /// <param name="template">The query.</param>
    /// <param name="names">Values by name.</param>
    /// <param name="variables">The metric's own variables by name.</param>
    public static RenderedQuery Render(
        string template, ImmutableDictionary<string, string> names, ImmutableDictionary<string, string> variables)
    {
        var text = new StringBuilder();
        var rest = template.AsSpan();
        var usesSubject = false;
        while (rest.IndexOf(Open, StringComparison.Ordinal) is var start and >= 0)
        {
            var action = rest[(start + Open.Length)..];
            var end = action.IndexOf(Close, StringComparison.Ordinal);
            if (end < 0)
            {
                return new RenderedQuery(string.Empty, $"'{Open}' without '{Close}'");
            }

            var parts = Action().Match(action[..end].ToString());
            var before = rest[..start];
            text.Append(parts.Groups["left"].Success ? before.TrimEnd() : before);
            var expression = parts.Groups["expression"].Value;
            var (value, error) = Evaluate(expression, names, variables);
            if (error.Length > 0)
            {
                return new RenderedQuery(string.Empty, error);
            }

            text.Append(value);
            usesSubject |= expression == Subject;
            rest = action[(end + Close.Length)..];
            rest = parts.Groups["right"].Success ? rest.TrimStart() : rest;
        }

        text.Append(rest);
        return new RenderedQuery(Space().Replace(text.ToString(), " ").Trim(), string.Empty, usesSubject);
    }

    private static (string Text, string Error) Evaluate(
        string expression, ImmutableDictionary<string, string> names, ImmutableDictionary<string, string> variables)
    {
        if (names.TryGetValue(expression, out var value))
        {
            return (value, string.Empty);
        }

        if (Variable().Match(expression) is not { Success: true } match)
        {
            return (string.Empty, $"'{Open} {expression} {Close}' is not known; there are "
                + $"{string.Join(", ", names.Keys.Order(StringComparer.Ordinal))} and variables.NAME");
        }

        var key = match.Groups["key"].Value;
        return variables.TryGetValue(key, out value)
            ? (value, string.Empty)
            : (string.Empty, $"'{Open} {expression} {Close}': templateVariables has no entry for '{key}'");
    }

    [GeneratedRegex(@"\A(?<left>-(?=\s))?\s*(?<expression>.*?)\s*(?<right>(?<=\s)-)?\z", RegexOptions.Singleline)]
    private static partial Regex Action();

    [GeneratedRegex("""\A(?:variables\.(?<key>[\w-]+)|index\s+variables\s+"(?<key>[^"]+)")\z""")]
    private static partial Regex Variable();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}

/// <summary>A query that was filled in.</summary>
/// <param name="Text">The query; empty when it could not be filled in.</param>
/// <param name="Error">Why not; empty when it could.</param>
/// <param name="UsesSubject">It names the service that it is about, so that it can be asked of another one.</param>
internal sealed record RenderedQuery(string Text, string Error, bool UsesSubject = false);
