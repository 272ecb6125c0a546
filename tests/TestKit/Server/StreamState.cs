using System.Text.Json;

namespace XdsCanary.TestKit.Server;

/// <summary>One open stream, as <c>/debug/streams</c> shows it.</summary>
/// <param name="Node">The node's id; null before its first message.</param>
/// <param name="Variant"><c>delta</c> or <c>sotw</c>.</param>
/// <param name="Types">By short name: <c>cds</c>, <c>eds</c>, <c>lds</c>, <c>rds</c>.</param>
public sealed record StreamState(string? Node, string Variant, IReadOnlyDictionary<string, StreamType> Types)
{
    /// <summary>How many resources the stream was sent, over all types.</summary>
    public long ResourcesSent => Types.Values.Sum(type => type.ResourcesSent);

    /// <summary>How many removals the stream was sent, over all types.</summary>
    public long RemovalsSent => Types.Values.Sum(type => type.RemovalsSent);

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Node} ({Variant}): {string.Join("; ", Types.Select(pair => $"{pair.Key}: {pair.Value}"))}";

    internal static StreamState Read(JsonElement stream) => new(
        stream.TryGetProperty("node", out var node) ? node.GetString() : null,
        stream.GetProperty("variant").GetString()!,
        stream.GetProperty("types").EnumerateArray()
            .ToDictionary(type => type.GetProperty("type").GetString()!, StreamType.Read));
}

/// <summary>One type of a stream.</summary>
/// <param name="SentVersion">The version sent last; null if nothing was.</param>
/// <param name="AckedAt">When a response was accepted last; null if none was.</param>
/// <param name="AckPending">True while a response is unanswered.</param>
/// <param name="ResourcesSent">Resources sent since the stream was opened.</param>
/// <param name="RemovalsSent">Removals sent since the stream was opened.</param>
/// <param name="Nacks">Responses rejected.</param>
public sealed record StreamType(
    string? SentVersion, DateTimeOffset? AckedAt, bool AckPending, long ResourcesSent, long RemovalsSent, long Nacks)
{
    internal static StreamType Read(JsonElement type)
    {
        var totals = type.GetProperty("totals");
        return new StreamType(
            type.TryGetProperty("sentVersion", out var version) ? version.GetString() : null,
            type.TryGetProperty("ackedAt", out var acked) ? acked.GetDateTimeOffset() : null,
            type.GetProperty("ackPending").GetBoolean(),
            totals.GetProperty("resources").GetInt64(),
            totals.GetProperty("removed").GetInt64(),
            totals.GetProperty("nacks").GetInt64());
    }
}
