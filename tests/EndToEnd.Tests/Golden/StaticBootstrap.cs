using System.Text.Json.Nodes;

namespace XdsCanary.EndToEnd.Tests.Golden;

/// <summary>
/// Turns the recorded resources of a golden case into a bootstrap that holds them all, so that Envoy can judge them without a
/// server: what the resources ask of ADS is put in its place, everything else stays as it is.
/// </summary>
internal static class StaticBootstrap
{
    /// <summary>Makes the bootstrap.</summary>
    /// <param name="folder">The folder of the case.</param>
    public static JsonObject Make(string folder)
    {
        var endpoints = Read(folder, "endpoints.json").ToDictionary(item => (string)item["cluster_name"]!);
        var routes = Read(folder, "routes.json").ToDictionary(item => (string)item["name"]!);
        var listeners = Read(folder, "listeners.json").Select(listener => WithRoutes(listener, routes)).ToArray();
        var clusters = Read(folder, "clusters.json").Select(cluster => WithEndpoints(cluster, endpoints)).ToArray();

        // What nothing asked for was not judged.
        Assert.Empty(endpoints);
        Assert.Empty(routes);
        return new JsonObject
        {
            ["static_resources"] = new JsonObject
            {
                ["listeners"] = new JsonArray(listeners),
                ["clusters"] = new JsonArray(clusters),
            },
        };
    }

    private static JsonObject WithEndpoints(JsonObject cluster, Dictionary<string, JsonObject> endpoints)
    {
        if (cluster.Remove("eds_cluster_config", out var eds))
        {
            Assert.True(endpoints.Remove((string)eds!["service_name"]!, out var assignment), $"No endpoints of {cluster["name"]}.");
            cluster["type"] = "STATIC";
            cluster["load_assignment"] = assignment;
        }

        return cluster;
    }

    private static JsonObject WithRoutes(JsonObject listener, Dictionary<string, JsonObject> routes)
    {
        var filter = (JsonObject)listener["filter_chains"]![0]!["filters"]![0]!["typed_config"]!;
        Assert.True(filter.Remove("rds", out var rds));
        Assert.True(routes.Remove((string)rds!["route_config_name"]!, out var configuration), $"No routes of {listener["name"]}.");

        // The snapshot is checked for references before it is published; here Envoy does it once more.
        configuration["validate_clusters"] = true;
        filter["route_config"] = configuration;
        return listener;
    }

    private static IEnumerable<JsonObject> Read(string folder, string file)
    {
        var list = JsonNode.Parse(File.ReadAllText(Path.Combine(folder, file)))!.AsArray();
        return list.Select(item => item!.DeepClone().AsObject());
    }
}
