using System.Text.Json.Nodes;
using XdsCanary.Kubernetes.Tests.Cluster;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>A namespace with a canary in it.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Name">The namespace.</param>
public sealed record CanaryPlace(TestCluster Cluster, string Name)
{
    /// <summary>The server and the Envoy beside it, where it has them.</summary>
    public CanaryCluster? Home { get; init; }

    /// <summary>Calls the API server.</summary>
    public KubeApi Api => Cluster.Api;

    /// <summary>The path of an object of a group.</summary>
    public string Path(string group, string plural, string name) => group.Contains('/', StringComparison.Ordinal)
        ? $"/apis/{group}/namespaces/{Name}/{plural}/{name}"
        : $"/api/{group}/namespaces/{Name}/{plural}/{name}";

    /// <summary>Applies manifests.</summary>
    public Task ApplyAsync(string yaml) => Api.ApplyYamlAsync(yaml.In(Name));

    /// <summary>Waits for a phase of a canary.</summary>
    /// <returns>The canary.</returns>
    public Task<JsonObject> PhaseAsync(string phase, TimeSpan? timeout = null, string canary = "podinfo") => CanaryAsync(
        found => found.Text("status", "phase") == phase, timeout, canary);

    /// <summary>Waits for a canary to be as it should be.</summary>
    public Task<JsonObject> CanaryAsync(Func<JsonObject, bool> accept, TimeSpan? timeout = null, string canary = "podinfo") =>
        Cluster.BecomesAsync(Path("flagger.app/v1beta1", "canaries", canary), accept, timeout ?? TimeSpan.FromSeconds(90), ExplainAsync);

    /// <summary>Waits until the Envoy routes a share of the traffic, in percent, to the canary, and the rest to the primary.</summary>
    /// <param name="weight">The share.</param>
    /// <param name="service">The service that clients call.</param>
    public Task LiveAsync(int weight, string service = "podinfo") => Eventually.GetAsync(
        () => Home!.Server.Admin.ConvergenceAsync($"{Name}/{service}"),
        state => state.IsLiveAt(($"{service}-primary", 100 - weight), ($"{service}-canary", weight)),
        TimeSpan.FromSeconds(60));

    /// <summary>How many requests the Envoy has sent to a service's pods, copies among them.</summary>
    public Task<long> RequestsAsync(string service) => Home!.Envoy.Admin.StatAsync($"cluster.{Name}_{service}.upstream_rq_total");

    /// <summary>Waits until the target runs no pods, by our doing.</summary>
    /// <param name="plural">What it is.</param>
    /// <returns>The target.</returns>
    public Task<JsonObject> StoppedAsync(string plural = "deployments") => Cluster.BecomesAsync(
        Path("apps/v1", plural, "podinfo"),
        target => target.Number("spec", "replicas") == 0
            || target.Text("spec", "template", "spec", "nodeSelector", "flagger.app/scale-to-zero") == "true");

    /// <summary>Waits until a text is among the canary's events.</summary>
    /// <param name="part">A part of it.</param>
    public Task ToldAsync(string part) => Eventually.GetAsync(
        EventsAsync, texts => texts.Any(text => text.Contains(part, StringComparison.Ordinal)), TimeSpan.FromSeconds(60), part);

    /// <summary>Reads a Deployment.</summary>
    public Task<JsonObject> DeploymentAsync(string name) => Api.GetAsync(Path("apps/v1", "deployments", name));

    /// <summary>Reads the weights of a split, by backend.</summary>
    public async Task<Dictionary<string, int>> WeightsAsync(string name = "podinfo") =>
        (await Api.GetAsync(Path("split.smi-spec.io/v1alpha4", "trafficsplits", name))).Items("spec", "backends")
            .ToDictionary(backend => backend.Text("service")!, backend => backend.Number("weight") ?? -1);

    /// <summary>Gives the target another image.</summary>
    public async Task ReleaseAsync(string image, string kind = "deployment", string name = "podinfo")
    {
        var run = await Cluster.Kubectl.RunAsync("-n", Name, "set", "image", $"{kind}/{name}", $"*={image}");
        Assert.True(run.ExitCode == 0, run.ToString());
    }

    /// <summary>The image that a workload's template has.</summary>
    public async Task<string?> ImageAsync(string name, string kind = "deployments") =>
        (await Api.GetAsync(Path("apps/v1", kind, name))).Text("spec", "template", "spec", "containers", "0", "image");

    /// <summary>The texts of a canary's events, oldest first.</summary>
    public async Task<IReadOnlyList<string>> EventsAsync() =>
    [
        .. (await Api.ListAsync($"/apis/events.k8s.io/v1/namespaces/{Name}/events"))
            .Where(item => item.Text("regarding", "kind") == "Canary")
            .OrderBy(item => item.Text("eventTime"), StringComparer.Ordinal)
            .ThenBy(item => item.Name(), StringComparer.Ordinal)
            .Select(item => item.Text("note")!),
    ];

    // A canary that waits may wait for the cluster's own programs.
    private async Task<string> ExplainAsync()
    {
        var plane = Cluster.ControlPlane;
        var run = await Cluster.Kubectl.RunAsync("-n", Name, "get", "deployments,replicasets,pods,trafficsplits", "--no-headers", "-o", "wide");
        return $"""
            controller manager: {(plane.ControllerManager.IsRunning ? "runs" : "has ended")}
            {run}
            {Home?.Server.Log.Tail(40)}
            """;
    }
}
