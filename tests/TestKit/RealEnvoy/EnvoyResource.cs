using System.Text.Json;

namespace XdsCanary.TestKit.RealEnvoy;

/// <summary>A dynamic resource as an Envoy holds it.</summary>
/// <param name="Kind"><c>cluster</c>, <c>endpoints</c>, <c>listener</c> or <c>routes</c>.</param>
/// <param name="Name">The resource's name.</param>
/// <param name="Version">The version it came with; the resource's own in delta, the response's in SotW.</param>
/// <param name="LastUpdated">When Envoy last took a new content for it, as Envoy writes it.</param>
public sealed record EnvoyResource(string Kind, string Name, string Version, string LastUpdated)
{
    /// <summary>Reads <c>/config_dump?include_eds</c>.</summary>
    internal static IReadOnlyList<EnvoyResource> ReadAll(JsonElement dump)
    {
        var found = new List<EnvoyResource>();
        foreach (var section in dump.GetProperty("configs").EnumerateArray())
        {
            Collect(found, section, "cluster", "dynamic_active_clusters", "cluster", "name");
            Collect(found, section, "endpoints", "dynamic_endpoint_configs", "endpoint_config", "cluster_name");
            Collect(found, section, "routes", "dynamic_route_configs", "route_config", "name");
            if (section.TryGetProperty("dynamic_listeners", out var listeners))
            {
                found.AddRange(listeners.EnumerateArray()
                    .Where(listener => listener.TryGetProperty("active_state", out _))
                    .Select(listener => Read(listener.GetProperty("active_state"), "listener", Text(listener, "name"))));
            }
        }

        return
        [
            .. found
                .OrderBy(resource => resource.Kind, StringComparer.Ordinal)
                .ThenBy(resource => resource.Name, StringComparer.Ordinal),
        ];
    }

    private static void Collect(
        List<EnvoyResource> found, JsonElement section, string kind, string list, string body, string nameField)
    {
        if (section.TryGetProperty(list, out var items))
        {
            found.AddRange(items.EnumerateArray().Select(item => Read(item, kind, Text(item.GetProperty(body), nameField))));
        }
    }

    private static EnvoyResource Read(JsonElement item, string kind, string name) =>
        new(kind, name, Text(item, "version_info"), Text(item, "last_updated"));

    private static string Text(JsonElement item, string field) =>
        item.TryGetProperty(field, out var value) ? value.GetString() ?? string.Empty : string.Empty;
}
