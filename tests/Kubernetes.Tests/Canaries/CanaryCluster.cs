using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.RealEnvoy;
using XdsCanary.TestKit.Server;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>A cluster with the chart's definitions, the product and a real Envoy; started by the first test that asks.</summary>
public sealed class CanaryCluster : IAsyncDisposable
{
    /// <summary>The collection of tests that share one.</summary>
    public const string Shared = "canary cluster";

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

        return new CanaryPlace(Cluster, await Cluster.NewNamespaceAsync()) { Home = this };
    }

    /// <summary>Makes a target and its canary in a namespace of their own, and waits until its primary serves and it is stopped.</summary>
    /// <param name="canary">The canary's manifest.</param>
    /// <param name="target">The target's manifest; a Deployment if none is given.</param>
    /// <returns>The namespace.</returns>
    public async Task<CanaryPlace> InitialiseAsync(string canary, string? target = null)
    {
        var place = await GetAsync();
        await place.ApplyAsync(target ?? CanaryYaml.Deployment());
        await place.ApplyAsync(canary);
        await place.PhaseAsync("Initialized");
        await place.StoppedAsync(target == CanaryYaml.DaemonSet ? "daemonsets" : "deployments");
        await place.LiveAsync(0);
        return place;
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
        var cluster = await TestCluster.StartAsync(new ClusterOptions
        {
            ControlPlane = new ControlPlaneOptions { ControllerManagerArguments = ["--horizontal-pod-autoscaler-sync-period=2s"] },
        });
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
        Envoy = await EnvoyInstance.StartReadyAsync(new EnvoyOptions
        {
            XdsPort = Server.Ports.Xds,
            VisibleNamespaces = ["*"],
            ReconnectLimit = TimeSpan.FromSeconds(1),
        });
        _parts.Push(Envoy);
        _cluster = cluster;
    }
}
