using System.Text.Json;
using XdsCanary.KubeRuntime.Api;

namespace XdsCanary.KubeRuntime.Cluster;

/// <summary>Finds out in which version the API server serves a kind.</summary>
internal static class ServedVersions
{
    /// <summary>Asks.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The first of the kind's versions that is served; null for none.</returns>
    /// <exception cref="KubeException">The API server did not answer.</exception>
    public static async Task<string?> FindAsync(KubeClient client, WatchedKind kind, CancellationToken cancellationToken)
    {
        foreach (var version in kind.Versions)
        {
            if (await IsServedAsync(client, kind.In(version), cancellationToken))
            {
                return version;
            }
        }

        return null;
    }

    private static async Task<bool> IsServedAsync(KubeClient client, ApiResource resource, CancellationToken cancellationToken)
    {
        try
        {
            using var list = await client.GetAsync(resource.Root, cancellationToken);
            return list.RootElement.ValueKind == JsonValueKind.Object
                && list.RootElement.TryGetProperty("resources", out var resources)
                && resources.ValueKind == JsonValueKind.Array
                && resources.EnumerateArray().Any(item => item.TextOf("name") == resource.Plural);
        }
        catch (KubeException exception) when (exception.Fault == KubeFault.NotFound)
        {
            return false;
        }
    }
}
