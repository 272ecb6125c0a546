using System.Text.Json;
using XdsCanary.TestKit.RealEnvoy;

namespace XdsCanary.EndToEnd.Tests.Canary;

/// <summary>Follows the weight of the canary <c>web</c> in the routes that an Envoy holds.</summary>
internal sealed class WeightWatch : IAsyncDisposable
{
    private readonly CancellationTokenSource _stop = new();
    private readonly EnvoyAdmin _envoy;
    private readonly Lock _lock = new();
    private readonly List<int> _weights = [];
    private readonly Task _loop;

    private WeightWatch(EnvoyAdmin envoy)
    {
        _envoy = envoy;
        _loop = FollowAsync();
    }

    /// <summary>The weights since the last reset, each once for as long as it stayed.</summary>
    public IReadOnlyList<int> Weights
    {
        get
        {
            lock (_lock)
            {
                return [.. _weights];
            }
        }
    }

    /// <summary>Starts to follow.</summary>
    public static WeightWatch Start(EnvoyAdmin envoy) => new(envoy);

    /// <summary>Forgets what was seen, except for the weight of now.</summary>
    public void Reset()
    {
        lock (_lock)
        {
            _weights.RemoveRange(0, Math.Max(0, _weights.Count - 1));
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
    }

    private async Task FollowAsync()
    {
        while (!_stop.IsCancellationRequested)
        {
            using var dump = await _envoy.GetJsonAsync("/config_dump?resource=dynamic_route_configs");
            var weight = WeightIn(dump.RootElement) ?? 0;
            lock (_lock)
            {
                if (_weights.Count == 0 || _weights[^1] != weight)
                {
                    _weights.Add(weight);
                }
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), TimeProvider.System, _stop.Token);
        }
    }

    private static int? WeightIn(JsonElement element) => element.ValueKind switch
    {
        JsonValueKind.Array => element.EnumerateArray().Select(WeightIn).FirstOrDefault(weight => weight is not null),
        JsonValueKind.Object when IsCanary(element) => element.TryGetProperty("weight", out var weight) ? weight.GetInt32() : 0,
        JsonValueKind.Object => element.EnumerateObject().Select(field => WeightIn(field.Value)).FirstOrDefault(weight => weight is not null),
        _ => null,
    };

    private static bool IsCanary(JsonElement element) =>
        element.TryGetProperty("name", out var name)
        && name.ValueKind == JsonValueKind.String
        && name.GetString()!.StartsWith($"default/{CanaryMesh.Service}-canary:", StringComparison.Ordinal);
}
