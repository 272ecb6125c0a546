using System.Collections.Concurrent;
using System.Net;
using System.Text.Json.Nodes;

namespace XdsCanary.TestKit.Cluster;

/// <summary>
/// Knows where an object lives, as the API server's discovery says. A kind that was defined a moment ago is waited for.
/// Thread-safe.
/// </summary>
internal sealed class ResourcePaths(KubeApi api)
{
    private static readonly TimeSpan DefinitionTimeout = TimeSpan.FromSeconds(15);

    private readonly ConcurrentDictionary<(string Version, string Kind), Resource> _known = new();

    /// <summary>The path of an object.</summary>
    /// <param name="wanted">An object with apiVersion, kind and name.</param>
    /// <param name="cancellationToken">Ends the requests.</param>
    public async Task<string> OfAsync(JsonObject wanted, CancellationToken cancellationToken)
    {
        var version = wanted.Text("apiVersion") ?? throw new FormatException("An object has no apiVersion.");
        var kind = wanted.Text("kind") ?? throw new FormatException("An object has no kind.");
        if (!_known.TryGetValue((version, kind), out var resource))
        {
            resource = await Eventually.GetAsync(
                () => FindAsync(version, kind, cancellationToken), found => found is not null, DefinitionTimeout, $"{version} has a {kind}");
            _known[(version, kind)] = resource!;
        }

        if (!resource!.IsNamespaced)
        {
            return $"{Root(version)}/{resource.Name}/{wanted.Name()}";
        }

        var place = wanted.Namespace();
        return place.Length == 0
            ? throw new FormatException($"{kind} {wanted.Name()} has no namespace.")
            : $"{Root(version)}/namespaces/{place}/{resource.Name}/{wanted.Name()}";
    }

    private static string Root(string version) => version.Contains('/', StringComparison.Ordinal) ? $"/apis/{version}" : $"/api/{version}";

    private async Task<Resource?> FindAsync(string version, string kind, CancellationToken cancellationToken)
    {
        try
        {
            var found = (await api.GetAsync(Root(version), cancellationToken)).Items("resources").FirstOrDefault(resource =>
                resource.Text("kind") == kind && !(resource.Text("name") ?? string.Empty).Contains('/', StringComparison.Ordinal));
            return found is null ? null : new Resource(found.Text("name")!, found.Flag("namespaced"));
        }
        catch (KubeApiException exception) when (exception.Status == HttpStatusCode.NotFound)
        {
            return null;
        }
    }

    private sealed record Resource(string Name, bool IsNamespaced);
}
