using System.Text.Json.Nodes;
using XdsCanary.TestKit.Cluster.Pods;

namespace XdsCanary.TestKit.Cluster;

/// <summary>The object of the node: ready, with room for everything, and nobody who would call it lost.</summary>
internal static class NodeObject
{
    /// <summary>Makes it, or takes over the one that is there.</summary>
    public static async Task<JsonObject> CreateAsync(KubeApi api, NodeOptions options)
    {
        var labels = new JsonObject
        {
            ["kubernetes.io/hostname"] = options.Name,
            ["kubernetes.io/os"] = "linux",
            ["kubernetes.io/arch"] = "amd64",
        };
        foreach (var (name, value) in options.Labels)
        {
            labels[name] = value;
        }

        await api.ApplyAsync(new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Node",
            ["metadata"] = new JsonObject { ["name"] = options.Name, ["labels"] = labels },
        });
        var now = NodeContext.Stamp(TimeProvider.System.GetUtcNow());
        return await api.PatchAsync($"/api/v1/nodes/{options.Name}/status", new JsonObject
        {
            ["status"] = new JsonObject
            {
                ["capacity"] = Room(),
                ["allocatable"] = Room(),
                ["addresses"] = new JsonArray(new JsonObject { ["type"] = "InternalIP", ["address"] = NodeContext.NodeAddress }),
                ["conditions"] = new JsonArray(new JsonObject
                {
                    ["type"] = "Ready",
                    ["status"] = "True",
                    ["reason"] = "NodeAgentReady",
                    ["lastHeartbeatTime"] = now,
                    ["lastTransitionTime"] = now,
                }),
            },
        });
    }

    private static JsonObject Room() => new() { ["cpu"] = "256", ["memory"] = "1Ti", ["pods"] = "10000" };
}
