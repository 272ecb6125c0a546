using System.Text.Json;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads what <see cref="RoutingJson"/> has written, so that a restarted engine knows what the traffic does. Pure.</summary>
internal static class RoutingReader
{
    /// <summary>Adds to a plan of weights what the annotation says.</summary>
    /// <param name="text">The annotation's value.</param>
    /// <param name="plan">The weights.</param>
    /// <returns>The whole plan; null for a text that is not ours, which is then written anew.</returns>
    public static TrafficPlan? Read(string text, TrafficPlan plan)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return document.RootElement.ValueKind == JsonValueKind.Object ? Read(document.RootElement, plan) : null;
        }
        catch (JsonException)
        {
            return null;
        }
        catch (InvalidOperationException)
        {
            // A field is of another type.
            return null;
        }
        catch (FormatException)
        {
            // A number does not fit.
            return null;
        }
    }

    private static TrafficPlan Read(JsonElement root, TrafficPlan plan) => plan with
    {
        Match = root.TryGetProperty("match", out var match)
            ? match.EnumerateArray().Select(ReadMatch).ToEquatableArray()
            : [],
        MirrorPercent = root.TryGetProperty("mirror", out var mirror) ? (int)Number(mirror, "percent") : 0,
        Affinity = root.TryGetProperty("affinity", out var affinity) ? ReadAffinity(affinity) : null,
    };

    private static RequestMatch ReadMatch(JsonElement item) => new(ReadNamed(item, "headers"), ReadNamed(item, "queryParams"));

    private static EquatableArray<NamedMatch> ReadNamed(JsonElement item, string name) => item.TryGetProperty(name, out var list)
        ? list.EnumerateArray().Select(ReadNamed).ToEquatableArray()
        : [];

    private static NamedMatch ReadNamed(JsonElement item)
    {
        foreach (var kind in Enum.GetValues<TextMatchKind>())
        {
            if (item.TryGetProperty(kind.ToString().ToLowerInvariant(), out var value))
            {
                return new NamedMatch(Text(item, "name"), new TextMatch(kind, value.GetString() ?? string.Empty));
            }
        }

        throw new FormatException("A match without a kind.");
    }

    private static AffinityPlan ReadAffinity(JsonElement item) => new(
        Text(item, "cookie"),
        Text(item, "primaryCookie"),
        Text(item, "previousCookie"),
        TimeSpan.FromSeconds(Number(item, "maxAgeSeconds")),
        TimeSpan.FromSeconds(Number(item, "primaryMaxAgeSeconds")),
        Text(item, "attributes"));

    private static string Text(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) ? value.GetString() ?? string.Empty : string.Empty;

    private static long Number(JsonElement item, string name) =>
        item.TryGetProperty(name, out var value) ? value.GetInt64() : 0;
}
