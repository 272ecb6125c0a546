using System.Text.Json;

namespace XdsCanary.KubeRuntime.Api;

/// <summary>Reads JSON from an API server without trusting its form. Pure.</summary>
internal static class KubeJson
{
    /// <summary>
    /// As deep as the API server itself reads, so that one object that is too deep to be used does not spoil the list that it is in.
    /// </summary>
    public static readonly JsonDocumentOptions Options = new() { MaxDepth = 20_000 };

    /// <summary>Finds a field that is an object.</summary>
    /// <param name="json">Where to look; anything.</param>
    /// <param name="name">The field.</param>
    /// <param name="value">The object.</param>
    public static bool TryGetObject(this JsonElement json, string name, out JsonElement value)
    {
        value = default;
        return json.ValueKind == JsonValueKind.Object
            && json.TryGetProperty(name, out value)
            && value.ValueKind == JsonValueKind.Object;
    }

    /// <summary>The text of a field; null when there is none.</summary>
    /// <param name="json">Where to look; anything.</param>
    /// <param name="name">The field.</param>
    public static string? TextOf(this JsonElement json, string name) =>
        json.ValueKind == JsonValueKind.Object && json.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String
            ? value.GetString()
            : null;
}
