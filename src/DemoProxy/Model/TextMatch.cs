using System.Text.RegularExpressions;

namespace XdsCanary.DemoProxy.Model;

/// <summary>How a piece of text is compared.</summary>
internal enum TextMatchKind
{
    /// <summary>The whole text.</summary>
    Exact,

    /// <summary>Its beginning.</summary>
    Prefix,

    /// <summary>Its end.</summary>
    Suffix,

    /// <summary>Any part of it.</summary>
    Contains,

    /// <summary>A regular expression over the whole text.</summary>
    Regex,
}

/// <summary>
/// A comparison with a piece of text: Envoy's StringMatcher. Regular expressions run without backtracking, as RE2 does, so
/// that no pattern can stall a request.
/// </summary>
internal sealed class TextMatch
{
    private readonly StringComparison _comparison;
    private readonly Regex? _regex;

    private TextMatch(TextMatchKind kind, string value, bool ignoreCase)
    {
        Kind = kind;
        Value = value;
        _comparison = ignoreCase ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal;
        _regex = kind == TextMatchKind.Regex
            ? new Regex($@"\A(?:{value})\z", RegexOptions.NonBacktracking | RegexOptions.CultureInvariant)
            : null;
    }

    /// <summary>The way of comparing.</summary>
    public TextMatchKind Kind { get; }

    /// <summary>The text or pattern compared with.</summary>
    public string Value { get; }

    /// <summary>Makes a comparison.</summary>
    /// <param name="kind">The way of comparing.</param>
    /// <param name="value">The text or pattern.</param>
    /// <param name="ignoreCase">Whether case matters not; has no effect on a regular expression.</param>
    /// <exception cref="ArgumentException">The pattern is not a regular expression.</exception>
    /// <exception cref="NotSupportedException">The pattern needs backtracking, which RE2 refuses too.</exception>
    public static TextMatch Create(TextMatchKind kind, string value, bool ignoreCase = false) => new(kind, value, ignoreCase);

    /// <summary>Compares.</summary>
    /// <param name="text">The text.</param>
    public bool Matches(ReadOnlySpan<char> text) => Kind switch
    {
        TextMatchKind.Exact => text.Equals(Value, _comparison),
        TextMatchKind.Prefix => text.StartsWith(Value, _comparison),
        TextMatchKind.Suffix => text.EndsWith(Value, _comparison),
        TextMatchKind.Contains => text.Contains(Value, _comparison),
        _ => _regex!.IsMatch(text),
    };
}
