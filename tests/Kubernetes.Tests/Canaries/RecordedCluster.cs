using System.Text.Json.Nodes;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>Objects that released Flagger left in a cluster, at one of four moments, put into a namespace.</summary>
internal static class RecordedCluster
{
    private static readonly string[] Moments = ["1-initialized", "2-progressing", "3-ended", "4-promoted-and-reverted-deleted"];

    private static readonly string[] Given = ["uid", "resourceVersion", "creationTimestamp", "generation", "managedFields", "selfLink"];

    private static string Folder => RepositoryPaths.Combine("..", "shared", "fixtures", "flagger-1.44.0");

    /// <summary>Skips a test where the record is not.</summary>
    public static void Require() => Assert.SkipUnless(Directory.Exists(Folder), "The record of Flagger is not here.");

    /// <summary>Puts the objects of a moment, 1 to 4, into a namespace.</summary>
    /// <returns>The Canaries as they were recorded, by name.</returns>
    public static async Task<IReadOnlyDictionary<string, JsonObject>> LoadAsync(TestCluster cluster, int moment, string place)
    {
        var text = await File.ReadAllTextAsync(Path.Combine(Folder, $"objects-{Moments[moment - 1]}.yaml"));
        var objects = KubeJson.ReadYaml(text).Where(item => item.Text("metadata", "deletionTimestamp") is null).ToList();
        var canaries = objects.Where(item => item.Text("kind") == "Canary").ToDictionary(item => item.Name());
        var uids = new Dictionary<string, string>();
        foreach (var canary in canaries.Values)
        {
            uids[canary.Uid()] = (await MakeAsync(cluster, canary, place, uids)).Uid();
        }

        foreach (var item in objects.Where(item => item.Text("kind") != "Canary"))
        {
            await MakeAsync(cluster, item, place, uids);
            if (item.Text("kind") == "Service" && item.Name().EndsWith("-canary", StringComparison.Ordinal))
            {
                await cluster.Api.PostAsync($"/apis/discovery.k8s.io/v1/namespaces/{place}/endpointslices", EndpointsOf(item.Name()));
            }
        }

        return canaries;
    }

    // Pods were scripted when it was recorded, and so are their endpoints here: no run begins without any.
    private static JsonObject EndpointsOf(string service) => KubeJson.ReadYaml(
        $$"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: {{service}}-scripted, labels: {kubernetes.io/service-name: {{service}} } }
        addressType: IPv4
        endpoints: [{addresses: [10.244.250.1], conditions: {ready: true} }]
        ports: []
        """)[0];

    private static async Task<JsonObject> MakeAsync(
        TestCluster cluster, JsonObject recorded, string place, Dictionary<string, string> uids)
    {
        var item = (JsonObject)recorded.DeepClone();
        var metadata = (JsonObject)item["metadata"]!;
        foreach (var field in Given)
        {
            metadata.Remove(field);
        }

        metadata["namespace"] = place;
        foreach (var owner in item.Items("metadata", "ownerReferences"))
        {
            owner["uid"] = uids[owner.Text("uid")!];
        }

        if (item.Text("kind") == "Service")
        {
            ((JsonObject)item["spec"]!).Remove("clusterIP");
            ((JsonObject)item["spec"]!).Remove("clusterIPs");
        }

        item.Remove("status");
        var collection = PathOf(item, place);
        var made = await cluster.Api.PostAsync(collection, item);
        if (recorded["status"] is { } status && item.Text("kind") is "Canary" or "Deployment")
        {
            made["status"] = StatusOf(recorded["status"]!, made);
            made = await cluster.Api.PutAsync($"{collection}/{made.Name()}/status", made);
        }

        return made;
    }

    // The generation starts anew: what was observed then is observed now.
    private static JsonNode StatusOf(JsonNode status, JsonObject made)
    {
        var copy = status.DeepClone();
        if (copy["observedGeneration"] is not null)
        {
            copy["observedGeneration"] = made.Number("metadata", "generation");
        }

        return copy;
    }

    private static string PathOf(JsonObject item, string place)
    {
        var version = item.Text("apiVersion")!;
        var plural = item.Text("kind") == "Canary" ? "canaries" : item.Text("kind")!.ToLowerInvariant() + "s";
        return version.Contains('/', StringComparison.Ordinal)
            ? $"/apis/{version}/namespaces/{place}/{plural}"
            : $"/api/{version}/namespaces/{place}/{plural}";
    }
}
