using System.Globalization;
using System.Text;

namespace XdsCanary.CanaryEngine.Webhooks;

/// <summary>
/// Writes JSON as Go's encoder does. Receivers that sign, log or compare bodies see the very bytes that Flagger sends; .NET's
/// own encoders escape other characters.
/// </summary>
internal static class GoJson
{
    /// <summary>A text in quotes.</summary>
    /// <param name="text">The text; half of a surrogate pair becomes U+FFFD.</param>
    public static string Text(string text)
    {
        var json = new StringBuilder(text.Length + 2).Append('"');
        foreach (var rune in text.EnumerateRunes())
        {
            Append(json, rune);
        }

        return json.Append('"').ToString();
    }

    /// <summary>An object, its members in the order given.</summary>
    /// <param name="members">Names, and values that are JSON already.</param>
    public static string Object(params ReadOnlySpan<(string Name, string Json)> members)
    {
        var json = new StringBuilder("{");
        foreach (var (name, value) in members)
        {
            json.Append(json.Length > 1 ? "," : string.Empty).Append(Text(name)).Append(':').Append(value);
        }

        return json.Append('}').ToString();
    }

    /// <summary>A list.</summary>
    /// <param name="items">Values that are JSON already.</param>
    public static string Array(IEnumerable<string> items) => $"[{string.Join(',', items)}]";

    private static void Append(StringBuilder json, Rune rune)
    {
        switch (rune.Value)
        {
            case '"' or '\\':
                json.Append('\\').Append((char)rune.Value);
                break;
            case '\n':
                json.Append("\\n");
                break;
            case '\r':
                json.Append("\\r");
                break;
            case '\t':
                json.Append("\\t");
                break;
            case '\b':
                json.Append("\\b");
                break;
            case '\f':
                json.Append("\\f");
                break;
            case < ' ' or '<' or '>' or '&' or 0x2028 or 0x2029:
                json.Append(CultureInfo.InvariantCulture, $"\\u{rune.Value:x4}");
                break;
            default:
                json.Append(rune.ToString());
                break;
        }
    }
}
