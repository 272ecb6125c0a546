using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace XdsCanary.XdsServer.Bootstrap;

/// <summary>Writes strings as YAML scalars that every YAML reader takes for the same string.</summary>
internal static partial class YamlScalar
{
    /// <summary>Writes a string: plain where nobody can mistake it, else in double quotes.</summary>
    /// <param name="text">The string.</param>
    public static string Write(string text) =>
        PlainText().IsMatch(text) && !KeywordText().IsMatch(text)
            ? text
            // A JSON string is a YAML double-quoted scalar.
            : $"\"{JsonEncodedText.Encode(text, JavaScriptEncoder.UnsafeRelaxedJsonEscaping)}\"";

    // A name, or an IPv4 address: four numbers with dots between them are no number to YAML.
    [GeneratedRegex(@"\A(?:[A-Za-z][A-Za-z0-9_./-]*|[0-9]+(?:\.[0-9]+){3})\z")]
    private static partial Regex PlainText();

    // YAML 1.1 readers (Envoy's is one) take these for booleans and nulls.
    [GeneratedRegex(@"\A(?:y|n|yes|no|on|off|true|false|null)\z", RegexOptions.IgnoreCase)]
    private static partial Regex KeywordText();
}
