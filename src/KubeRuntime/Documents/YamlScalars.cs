using System.Text.RegularExpressions;

namespace XdsCanary.KubeRuntime.Documents;

/// <summary>
/// What a plain scalar means: the core schema of YAML 1.2.2 (https://yaml.org/spec/1.2.2/, 10.3.2). So <c>yes</c>, <c>on</c>
/// and <c>1_000</c> are texts here, unlike in YAML 1.1.
/// </summary>
internal static partial class YamlScalars
{
    private const string TagPrefix = "tag:yaml.org,2002:";

    /// <summary>The kind of a scalar that was written without quotes and without a tag.</summary>
    public static ScalarKind KindOfPlain(string text)
    {
        switch (text)
        {
            case "" or "~" or "null" or "Null" or "NULL":
                return ScalarKind.Null;
            case "true" or "True" or "TRUE" or "false" or "False" or "FALSE":
                return ScalarKind.Boolean;
            default:
                // Most texts start with a letter: the check spares them the pattern.
                return text[0] is (>= '0' and <= '9') or '-' or '+' or '.' && Number().IsMatch(text)
                    ? ScalarKind.Number
                    : ScalarKind.String;
        }
    }

    /// <summary>The kind that a tag asks for.</summary>
    /// <param name="tag">The tag, resolved.</param>
    /// <returns>The kind, or null for a tag that is not known.</returns>
    public static ScalarKind? KindOfTag(string tag) => tag switch
    {
        "!" or TagPrefix + "str" or TagPrefix + "binary" or TagPrefix + "timestamp" => ScalarKind.String,
        TagPrefix + "int" or TagPrefix + "float" => ScalarKind.Number,
        TagPrefix + "bool" => ScalarKind.Boolean,
        TagPrefix + "null" => ScalarKind.Null,
        _ => null,
    };

    /// <summary>True for the tags that say what a list or a mapping is anyway.</summary>
    public static bool IsCollectionTag(string tag) => tag is "!" or TagPrefix + "map" or TagPrefix + "seq";

    [GeneratedRegex(
        @"^(?:[-+]?[0-9]+|0o[0-7]+|0x[0-9a-fA-F]+|[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?"
            + @"|[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN))\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Number();
}
