using System.Collections.Immutable;
using System.Text.Json;
using XdsCanary.KubeRuntime.Api;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Cluster;

/// <summary>All objects of a kind at one version. Immutable.</summary>
/// <param name="Readings">The objects, and what could not be read, each by itself.</param>
/// <param name="Version">The version of the list.</param>
internal sealed record ObjectList(ImmutableArray<ObjectReading> Readings, string Version)
{
    private const int PageSize = 500;

    /// <summary>Reads the list, page by page.</summary>
    /// <param name="client">The API server.</param>
    /// <param name="kind">The kind.</param>
    /// <param name="apiVersion">The version of the API to read it in.</param>
    /// <param name="space">The namespace; empty for all.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <exception cref="KubeException">The API server did not answer, or with something that is no list.</exception>
    public static async Task<ObjectList> ReadAsync(
        KubeClient client, WatchedKind kind, string apiVersion, string space, CancellationToken cancellationToken)
    {
        var resource = kind.In(apiVersion);
        var readings = ImmutableArray.CreateBuilder<ObjectReading>();
        var (more, version) = (string.Empty, string.Empty);
        do
        {
            var path = $"{resource.PathOfAll(space)}?limit={PageSize}{kind.Selector}{WatchedKind.Query("continue", more)}";
            using var page = await client.GetAsync(path, cancellationToken);
            if (!page.RootElement.TryGetObject("metadata", out var metadata) || metadata.TextOf("resourceVersion") is not { Length: > 0 } text)
            {
                // Without a version there is nothing to watch from, and no telling what is newer than the list.
                throw new KubeException(KubeFault.Unavailable, $"GET {resource.PathOfAll(space)}: the answer is no list with a version");
            }

            (version, more) = (text, metadata.TextOf("continue") ?? string.Empty);
            readings.AddRange(Items(page.RootElement).Select(item => ApiObjects.Read(item, resource)));
        }
        while (more.Length > 0);

        return new ObjectList(readings.ToImmutable(), version);
    }

    private static JsonElement.ArrayEnumerator Items(JsonElement list) =>
        list.TryGetProperty("items", out var items) && items.ValueKind == JsonValueKind.Array ? items.EnumerateArray() : default;
}
