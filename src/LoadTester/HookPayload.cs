using System.Text.Json;
using System.Text.Json.Serialization;

namespace XdsCanary.LoadTester;

/// <summary>What a webhook call, or a person who opens a gate, says.</summary>
internal sealed record HookPayload
{
    /// <summary>The canary's name.</summary>
    public string Name { get; init; } = string.Empty;

    /// <summary>The canary's namespace.</summary>
    public string Namespace { get; init; } = string.Empty;

    /// <summary>The canary's phase.</summary>
    public string Phase { get; init; } = string.Empty;

    /// <summary>Tells one revision from another; empty when not given.</summary>
    public string Checksum { get; init; } = string.Empty;

    /// <summary>The webhook's name, for gates (ours).</summary>
    public string Hook { get; init; } = string.Empty;

    /// <summary>The webhook's metadata.</summary>
    public Dictionary<string, string>? Metadata { get; init; }

    /// <summary>The canary as the log names it, and gates know it.</summary>
    [JsonIgnore]
    public string Canary => $"{Name}.{Namespace}";

    /// <summary>A value of the metadata; empty when it is not there.</summary>
    /// <param name="name">Its name.</param>
    public string Meta(string name) => Metadata?.GetValueOrDefault(name) ?? string.Empty;

    /// <summary>A value of the metadata that turns something on.</summary>
    /// <param name="name">Its name.</param>
    public bool MetaIsTrue(string name) => Meta(name).Equals("true", StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a body.</summary>
    /// <param name="body">The body.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <returns>The payload; null when the body is none.</returns>
    public static async ValueTask<HookPayload?> ReadAsync(Stream body, CancellationToken cancellationToken)
    {
        try
        {
            return await JsonSerializer.DeserializeAsync(body, LoadTesterJson.Default.HookPayload, cancellationToken);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
