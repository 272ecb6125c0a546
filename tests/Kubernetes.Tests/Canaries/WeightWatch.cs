using System.Collections.Concurrent;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>Keeps the weights that are written into TrafficSplits, of all namespaces: no write is missed, however short it stood.</summary>
internal sealed class WeightWatch : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, List<(int Primary, int Canary)>> _weights = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _loop;

    private WeightWatch(KubeApi api) => _loop = FollowAsync(api);

    /// <summary>Starts to follow: what is there already comes first.</summary>
    public static WeightWatch Start(KubeApi api) => new(api);

    /// <summary>The weights of primary and canary so far, each pair once for as long as it stayed.</summary>
    /// <param name="split">The split's namespace and name, with a slash between.</param>
    public IReadOnlyList<(int Primary, int Canary)> Of(string split)
    {
        if (!_weights.TryGetValue(split, out var known))
        {
            return [];
        }

        lock (known)
        {
            return [.. known];
        }
    }

    /// <summary>Ends the watch; throws what it may have ended of before.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _loop;
        _stop.Dispose();
    }

    private async Task FollowAsync(KubeApi api)
    {
        try
        {
            await foreach (var change in api.WatchAsync("/apis/split.smi-spec.io/v1alpha4/trafficsplits", null, _stop.Token))
            {
                var weights = change.Object.Items("spec", "backends")
                    .ToDictionary(backend => backend.Text("service")!, backend => backend.Number("weight") ?? -1);
                var known = _weights.GetOrAdd($"{change.Object.Namespace()}/{change.Object.Name()}", _ => []);
                var next = (Of(weights, "-primary"), Of(weights, "-canary"));
                lock (known)
                {
                    if (known.Count == 0 || known[^1] != next)
                    {
                        known.Add(next);
                    }
                }
            }
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // Seen enough.
        }
    }

    private static int Of(Dictionary<string, int> weights, string role) =>
        weights.Where(weight => weight.Key.EndsWith(role, StringComparison.Ordinal)).Select(weight => weight.Value).DefaultIfEmpty(-1).First();
}
