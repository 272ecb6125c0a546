using System.Text.Json.Nodes;
using XdsCanary.Kubernetes.Tests.Cluster;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.RealEnvoy;
using XdsCanary.TestKit.Server;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>A cluster with the chart's definitions, the product and a real Envoy; started by the first test that asks.</summary>
public sealed class CanaryCluster : IAsyncDisposable
{
    private readonly SemaphoreSlim _gate = new(1);
    private readonly Stack<IAsyncDisposable> _parts = new();
    private TestCluster? _cluster;

    /// <summary>The cluster.</summary>
    public TestCluster Cluster => _cluster!;

    /// <summary>The product.</summary>
    public ServerProcess Server { get; private set; } = null!;

    /// <summary>The Envoy; it sees all namespaces.</summary>
    public EnvoyInstance Envoy { get; private set; } = null!;

    /// <summary>Starts what is not there yet.</summary>
    /// <returns>A namespace that nobody else uses.</returns>
    public async Task<CanaryPlace> GetAsync()
    {
        await _gate.WaitAsync();
        try
        {
            if (_cluster is null)
            {
                await StartAsync();
            }
        }
        finally
        {
            _gate.Release();
        }

        return new CanaryPlace(Cluster, await Cluster.NewNamespaceAsync());
    }

    /// <summary>Applies the definitions of the chart.</summary>
    public static async Task DefineAsync(TestCluster cluster)
    {
        foreach (var file in Directory.EnumerateFiles(RepositoryPaths.Combine("charts", "xds-canary", "files", "crds"), "*.yaml"))
        {
            await cluster.Api.ApplyYamlAsync(await File.ReadAllTextAsync(file));
        }

        foreach (var path in new[] { "/apis/flagger.app/v1beta1/canaries", "/apis/split.smi-spec.io/v1alpha2/trafficsplits" })
        {
            await Eventually.BecomesAsync(async () => await cluster.Api.TryGetAsync(path) is not null);
        }
    }

    /// <summary>Load on a service through the Envoy.</summary>
    public TrafficOptions Load(string host, string path = "/") => new() { Port = Server.Ports.Listener, Host = host, Path = path };

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        while (_parts.TryPop(out var part))
        {
            await part.DisposeAsync();
        }

        _gate.Dispose();
    }

    private async Task StartAsync()
    {
        Tool.Find("envoy");
        var cluster = await TestCluster.StartAsync();
        _parts.Push(cluster);
        await DefineAsync(cluster);
        Server = await ServerProcess.StartAsync(new ServerOptions
        {
            Manifests = null,
            Arguments =
            [
                "--kubeconfig", cluster.ControlPlane.AdminKubeconfig, "--lease-namespace", "default", "--include-label-prefix", "team",
            ],
        });
        _parts.Push(Server);
        Envoy = await EnvoyInstance.StartReadyAsync(new EnvoyOptions { XdsPort = Server.Ports.Xds, VisibleNamespaces = ["*"] });
        _parts.Push(Envoy);
        _cluster = cluster;
    }
}

/// <summary>A namespace with a canary in it.</summary>
/// <param name="Cluster">The cluster.</param>
/// <param name="Name">The namespace.</param>
public sealed record CanaryPlace(TestCluster Cluster, string Name)
{
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
        Cluster.BecomesAsync(Path("flagger.app/v1beta1", "canaries", canary), accept, timeout ?? TimeSpan.FromSeconds(90));

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
}
