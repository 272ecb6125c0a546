using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace XdsCanary.KubeRuntime.Documents;

/// <summary>Writes document trees as JSON. Pure.</summary>
public static class NodeJson
{
    /// <summary>The text of a tree, with the keys of its mappings in order, so that equal content gives equal text.</summary>
    /// <param name="node">The tree.</param>
    public static string Canonical(DocumentNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            Write(writer, node);
        }

        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    /// <summary>The same tree as one that can be changed, with keys in the order written. Each call makes a new one.</summary>
    /// <param name="node">The tree.</param>
    /// <returns>The tree; null, as this kind of tree has it, for a null scalar.</returns>
    public static JsonNode? ToJsonNode(DocumentNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        return node switch
        {
            MappingNode mapping => new JsonObject(
                mapping.Entries.Select(entry => KeyValuePair.Create(entry.Key, ToJsonNode(entry.Value)))),
            SequenceNode sequence => new JsonArray([.. sequence.Items.Select(ToJsonNode)]),
            ScalarNode scalar => ToJsonNode(scalar),
            _ => throw new ArgumentException($"{node.GetType().Name} is no kind of node that JSON has.", nameof(node)),
        };
    }

    private static JsonValue? ToJsonNode(ScalarNode scalar) => scalar.Kind switch
    {
        ScalarKind.Null => null,
        ScalarKind.Boolean => JsonValue.Create(string.Equals(scalar.Text, "true", StringComparison.OrdinalIgnoreCase)),
        ScalarKind.Number when TryWhole(scalar.Text, out var whole) => JsonValue.Create(whole),
        ScalarKind.Number when TryNumber(scalar.Text, out var number) => JsonValue.Create(number),
        _ => JsonValue.Create(scalar.Text),
    };

    private static bool TryWhole(string text, out long whole) =>
        long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out whole);

    private static bool TryNumber(string text, out decimal number) =>
        decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number);

    private static void Write(Utf8JsonWriter writer, DocumentNode node)
    {
        switch (node)
        {
            case MappingNode mapping:
                writer.WriteStartObject();
                foreach (var entry in mapping.Entries.OrderBy(entry => entry.Key, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(entry.Key);
                    Write(writer, entry.Value);
                }

                writer.WriteEndObject();
                break;
            case SequenceNode sequence:
                writer.WriteStartArray();
                foreach (var item in sequence.Items)
                {
                    Write(writer, item);
                }

                writer.WriteEndArray();
                break;
            case ScalarNode scalar:
                Write(writer, scalar);
                break;
        }
    }

    private static void Write(Utf8JsonWriter writer, ScalarNode scalar)
    {
        switch (scalar.Kind)
        {
            case ScalarKind.Null:
                writer.WriteNullValue();
                break;
            case ScalarKind.Boolean:
                writer.WriteBooleanValue(string.Equals(scalar.Text, "true", StringComparison.OrdinalIgnoreCase));
                break;
            case ScalarKind.Number when TryWhole(scalar.Text, out var whole):
                writer.WriteNumberValue(whole);
                break;
            case ScalarKind.Number when TryNumber(scalar.Text, out var number):
                writer.WriteNumberValue(number);
                break;
            default:
                // Numbers that JSON cannot write stay text; whoever reads them says what is wrong with them.
                writer.WriteStringValue(scalar.Text);
                break;
        }
    }
}
