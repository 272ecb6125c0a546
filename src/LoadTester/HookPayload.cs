using System.Text.Json;
using System.Text.Json.Serialization;

namespace XdsCanary.LoadTester;

/// <summary>What a webhook call, or a person who opens a gate, says.</summary>
internal sealed record HookPayload
{
    // Generated readers of JSON overwrite the defaults of init-only properties with null; hence the setters.

    /// <summary>The canary's name.</summary>
    public string Name { get; set; } = string.Empty;

    /// <summary>The canary's namespace.</summary>
    public string Namespace { get; set; } = string.Empty;

    /// <summary>The canary's phase.</summary>
    public string Phase { get; set; } = string.Empty;

    /// <summary>Tells one revision from another; empty when not given.</summary>
    public string Checksum { get; set; } = string.Empty;

    /// <summary>The webhook's name, for gates (ours).</summary>
    public string Hook { get; set; } = string.Empty;

    /// <summary>The webhook's metadata.</summary>
    public Dictionary<string, string>? Metadata { get; set; }

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
            var payload = await JsonSerializer.DeserializeAsync(body, LoadTesterJson.Default.HookPayload, cancellationToken);
            return payload is { Name: not null, Namespace: not null, Phase: not null, Checksum: not null, Hook: not null } ? payload : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
