using System.Globalization;
using System.Text.Json.Nodes;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>Reads numbers as Kubernetes writes quantities: <c>20</c>, <c>500m</c>, <c>2e1</c>, <c>1Ki</c>. Pure.</summary>
internal static class Quantity
{
    private static readonly (string Suffix, decimal Factor)[] Suffixes =
    [
        ("Ki", 1024m), ("Mi", 1024m * 1024), ("Gi", 1024m * 1024 * 1024), ("n", 1e-9m), ("u", 1e-6m), ("m", 1e-3m), ("k", 1e3m),
        ("M", 1e6m), ("G", 1e9m), ("", 1m),
    ];

    /// <summary>Reads a number or a text.</summary>
    /// <param name="node">The node; absent stands for 0, which clients leave out.</param>
    /// <returns>The value; null for what is no quantity.</returns>
    public static decimal? Read(JsonNode? node)
    {
        if (node is null)
        {
            return 0;
        }

        var text = Fields.Text(node) ?? node.ToJsonString();
        var (suffix, factor) = Array.Find(Suffixes, known => text.EndsWith(known.Suffix, StringComparison.Ordinal));
        return decimal.TryParse(text[..^suffix.Length], NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number) <= int.MaxValue
                ? number * factor
                : null;
    }
}
