using System.Text.Json;

namespace XdsCanary.TestKit.Server;

/// <summary>How far the connected Envoys follow a service's weights: the answer of <c>/debug/convergence</c>.</summary>
/// <param name="Proxies">How many Envoys route the service.</param>
/// <param name="Converged">How many of them have acknowledged the wanted weights.</param>
/// <param name="IsLive">True when all have, and there is at least one.</param>
/// <param name="Wanted">The weights published last, by backend.</param>
public sealed record Convergence(int Proxies, int Converged, bool IsLive, IReadOnlyDictionary<string, long> Wanted)
{
    /// <summary>True when the wanted weights have the given proportions, and every connected Envoy follows them.</summary>
    public bool IsLiveAt(params (string Backend, int Weight)[] backends)
    {
        var wantedSum = Wanted.Values.Sum();
        var givenSum = backends.Sum(backend => backend.Weight);
        return IsLive && Array.TrueForAll(
            backends,
            backend => Wanted.GetValueOrDefault(backend.Backend) * givenSum == backend.Weight * wantedSum);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"{Converged} of {Proxies} at {string.Join(", ", Wanted.Select(pair => $"{pair.Key}={pair.Value}"))}, live: {IsLive}";

    internal static Convergence Read(JsonElement answer) => new(
        answer.GetProperty("proxies").GetInt32(),
        answer.GetProperty("converged").GetInt32(),
        answer.GetProperty("isLive").GetBoolean(),
        answer.GetProperty("wanted").EnumerateArray().ToDictionary(
            weight => weight.GetProperty("backend").GetString()!, weight => weight.GetProperty("weight").GetInt64()));
}
