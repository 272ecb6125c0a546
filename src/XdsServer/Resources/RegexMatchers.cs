using Envoy.Type.Matcher.V3;

namespace XdsCanary.XdsServer.Resources;

/// <summary>Makes matchers of regular expressions (Envoy <c>type.matcher.v3.RegexMatcher</c>).</summary>
internal static class RegexMatchers
{
    // Envoy rejects a route configuration with an expression whose compiled program is longer than a runtime setting, by
    // default 100, unless the expression brings its own limit: an ordinary ".{0,100}" would do.
    private const uint MaximumProgramSize = 1 << 20;

    // No expression this short, without counts, compiles to more than the default limit.
    private const int AlwaysShort = 32;

    // Of a longer one without classes each letter is an instruction, and "any letter" about ten, one for each form in UTF-8.
    private const int AnyLetter = 11;
    private const int SafeLimit = 90;

    /// <summary>Makes a matcher that takes a whole value.</summary>
    /// <param name="regex">An expression in RE2 syntax; not empty.</param>
    public static RegexMatcher Build(string regex)
    {
        var matcher = new RegexMatcher { Regex = regex };
        if (!IsShort(regex))
        {
            // Deprecated in favour of the runtime setting, which a control plane cannot count on. Envoy logs a warning for
            // each use, so it is left out where it is not needed.
#pragma warning disable CS0612
            matcher.GoogleRe2 = new RegexMatcher.Types.GoogleRE2 { MaxProgramSize = MaximumProgramSize };
#pragma warning restore CS0612
        }

        return matcher;
    }

    private static bool IsShort(string regex) => !regex.Contains('{')
        && (regex.Length <= AlwaysShort || (regex.All(IsPlain) && regex.Length + (regex.Count(letter => letter == '.') * AnyLetter) <= SafeLimit));

    private static bool IsPlain(char letter) => char.IsAsciiLetterOrDigit(letter) || " -_=%;:~.*?+()\\".Contains(letter, StringComparison.Ordinal);
}
