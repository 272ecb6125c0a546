using System.Text;
using System.Text.Json.Nodes;

namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>Reads ConfigMaps and Secrets as bytes by key.</summary>
internal static class ConfigReader
{
    /// <param name="context">Whose namespace is meant.</param>
    /// <param name="name">The ConfigMap's name.</param>
    /// <param name="isOptional">If so, one that is not there is empty.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public static async Task<Dictionary<string, byte[]>> ConfigMapAsync(
        PodContext context, string? name, bool isOptional, CancellationToken cancellationToken)
    {
        var found = await ReadAsync(context, "configmaps", name, isOptional, cancellationToken);
        var values = Decode(found, "binaryData");
        foreach (var (key, value) in found.Entries("data"))
        {
            values[key] = Encoding.UTF8.GetBytes(value?.ToString() ?? string.Empty);
        }

        return values;
    }

    /// <param name="context">Whose namespace is meant.</param>
    /// <param name="name">The Secret's name.</param>
    /// <param name="isOptional">If so, one that is not there is empty.</param>
    /// <param name="cancellationToken">Ends the request.</param>
    public static async Task<Dictionary<string, byte[]>> SecretAsync(
        PodContext context, string? name, bool isOptional, CancellationToken cancellationToken) =>
        Decode(await ReadAsync(context, "secrets", name, isOptional, cancellationToken), "data");

    private static async Task<JsonObject?> ReadAsync(
        PodContext context, string kind, string? name, bool isOptional, CancellationToken cancellationToken)
    {
        var found = await context.Node.Api.TryGetAsync($"/api/v1/namespaces/{context.Namespace}/{kind}/{name}", cancellationToken);
        return found is null && !isOptional ? throw new ConfigMissingException($"{kind} \"{name}\" not found") : found;
    }

    private static Dictionary<string, byte[]> Decode(JsonObject? found, string field) => found.Entries(field)
        .ToDictionary(entry => entry.Key, entry => Convert.FromBase64String(entry.Value?.ToString() ?? string.Empty));
}
