using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>
/// Writes the status of Canary objects, one write of a canary after the other: rounds, what waited for the API server and conditions
/// all write it, each as a whole, and an older one must not land on a newer one. Thread-safe.
/// </summary>
/// <param name="objects">The cluster.</param>
internal sealed class StatusWrites(ClusterObjects objects)
{
    private readonly ConcurrentDictionary<NamespacedName, SemaphoreSlim> _turns = new();

    /// <summary>Writes the status of a canary.</summary>
    /// <param name="key">The canary.</param>
    /// <param name="next">What to write, of the object as it is when it is its turn; null for nothing.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>False when there is no such canary.</returns>
    /// <exception cref="KubeException">The API server does not answer, or refuses.</exception>
    public async Task<bool> ChangeAsync(NamespacedName key, Func<SourceObject, JsonObject?> next, CancellationToken cancellationToken)
    {
        var turn = _turns.GetOrAdd(key, _ => new SemaphoreSlim(1));
        await turn.WaitAsync(cancellationToken);
        try
        {
            if (objects.Find(ClusterKinds.Canaries, key) is not { } canary)
            {
                _turns.TryRemove(key, out _);
                return false;
            }

            if (next(canary) is { } status)
            {
                await objects.ReplaceStatusAsync(ClusterKinds.Canaries, canary, status, cancellationToken);
            }

            return true;
        }
        finally
        {
            turn.Release();
        }
    }
}
