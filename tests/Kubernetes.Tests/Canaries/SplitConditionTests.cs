using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>TrafficSplits say what became of them, whoever wrote them.</summary>
[Collection(CanaryCluster.Shared)]
public sealed class SplitConditionTests(CanaryCluster home)
{
    [Fact]
    public async Task A_split_says_whether_it_is_in_use_and_whether_what_it_names_exists()
    {
        var place = await home.GetAsync();
        await place.ApplyAsync(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: test}
            spec: {ports: [{name: http, port: 80}]}
            ---
            apiVersion: split.smi-spec.io/v1alpha4
            kind: TrafficSplit
            metadata: {name: web, namespace: test}
            spec: {service: web, backends: [{service: web, weight: 90}, {service: missing, weight: 10}]}
            """);
        var path = place.Path("split.smi-spec.io/v1alpha4", "trafficsplits", "web");

        var lacking = await home.Cluster.BecomesAsync(path, split => split.Condition("ResolvedRefs") == "False" && split.Items("status", "conditions")
            .Any(condition => condition.Text("message")!.Contains("There is no Service 'missing'", StringComparison.Ordinal)));
        Assert.Equal("True", lacking.Condition("Accepted"));

        await place.Api.PatchAsync(path, KubeJson.ReadYaml("spec: {backends: [{service: web, weight: 100}]}")[0]);

        var whole = await home.Cluster.BecomesAsync(path, split => split.Condition("ResolvedRefs") == "True");
        Assert.All(
            whole.Items("status", "conditions"),
            condition => Assert.Equal(whole.Number("metadata", "generation"), condition.Number("observedGeneration")));
        var shown = await home.Cluster.Kubectl.RunAsync("-n", place.Name, "get", "trafficsplit", "web", "--no-headers");
        Assert.Matches(@"^web\s+web\s+True\s", shown.Output);
    }
}
