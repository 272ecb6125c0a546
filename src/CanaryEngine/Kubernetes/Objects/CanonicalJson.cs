using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Webhooks;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>
/// Writes JSON so that equal content gives equal text: keys in order, no blanks, texts escaped as Go's encoder does, so that
/// checksums of the same data are those that Flagger has recorded. Pure.
/// </summary>
internal static class CanonicalJson
{
    private const int HashBytes = 8;

    /// <summary>The text of a node.</summary>
    /// <param name="node">The node; null for JSON's null.</param>
    public static string Text(JsonNode? node) => node switch
    {
        null => "null",
        JsonObject item => GoJson.Object(
            [.. item.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => (entry.Key, Text(entry.Value)))]),
        JsonArray list => GoJson.Array(list.Select(Text)),
        _ => Scalar(node),
    };

    /// <summary>True when two nodes have the same content; the order of keys does not matter.</summary>
    /// <param name="left">One.</param>
    /// <param name="right">The other.</param>
    public static bool AreEqual(JsonNode? left, JsonNode? right) => Text(left) == Text(right);

    /// <summary>The first 8 bytes of the SHA-256 of a text, as 16 hexadecimal digits.</summary>
    /// <param name="text">The text.</param>
    public static string Hash(string text) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)).AsSpan(0, HashBytes));

    private static string Scalar(JsonNode node)
    {
        if (Fields.Text(node) is { } text)
        {
            return GoJson.Text(text);
        }

        var json = node.ToJsonString();
        return node.GetValueKind() == JsonValueKind.Number
            && decimal.TryParse(json, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                ? number.ToString("0.############################", CultureInfo.InvariantCulture)
                : json;
    }
}
