using System.Globalization;
using System.Text.Json.Nodes;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.Processes;
using XdsCanary.TestKit.RealEnvoy;
using XdsCanary.TestKit.Server;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>Two replicas of the product in the namespace test, which know each other, and a Service before them for Envoys.</summary>
internal sealed class ReplicaPair : IAsyncDisposable
{
    private const string Token = "shared";

    private const string Front =
        """
        apiVersion: v1
        kind: Service
        metadata: {name: xds, namespace: test, annotations: {note: no selector} }
        spec: {ports: [{name: grpc-xds, port: 18000, appProtocol: tcp}]}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: peers, namespace: test}
        spec: {clusterIP: None, ports: [{name: admin, port: 8080, appProtocol: tcp}]}
        """;

    private readonly TestCluster _cluster;
    private readonly List<ServerProcess> _replicas = [];
    private readonly List<string>[] _logs = [[], []];
    private int _leader;

    private ReplicaPair(TestCluster cluster) => _cluster = cluster;

    /// <summary>The replicas.</summary>
    public IReadOnlyList<ServerProcess> Replicas => _replicas;

    /// <summary>Where Envoys take requests.</summary>
    public int ListenerPort { get; } = FreePort.Next();

    /// <summary>The address of the Service before them.</summary>
    public string Address { get; private set; } = string.Empty;

    /// <summary>Defines what the chart defines, starts the replicas, and waits until one leads.</summary>
    public static async Task<ReplicaPair> StartAsync(TestCluster cluster)
    {
        var pair = new ReplicaPair(cluster);
        try
        {
            await pair.StartAsync();
        }
        catch
        {
            await pair.DisposeAsync();
            throw;
        }

        return pair;
    }

    /// <summary>Starts an Envoy, and waits for nothing.</summary>
    /// <param name="number">Its number.</param>
    /// <param name="space">Its namespace.</param>
    /// <param name="visible">Further namespaces that it sees.</param>
    public Task<EnvoyInstance> EnvoyAsync(int number, string space, params string[] visible) => EnvoyInstance.StartAsync(new EnvoyOptions
    {
        XdsHost = Address,
        XdsPort = 18000,
        NodeId = string.Create(CultureInfo.InvariantCulture, $"envoy-{number}"),
        Namespace = space,
        VisibleNamespaces = visible,
        AdminAddress = "0.0.0.0",
        ReconnectLimit = TimeSpan.FromSeconds(1),
    });

    /// <summary>The index of the replica that leads; where none says so, of the one that did when this was asked last.</summary>
    public async Task<int> LeaderAsync()
    {
        for (var index = 0; index < _replicas.Count; index++)
        {
            try
            {
                if ((await _replicas[index].Admin.MetricsAsync()).Sum("xdscanary_leader") > 0)
                {
                    _leader = index;
                }
            }
            catch (HttpRequestException)
            {
                // It does not run.
            }
        }

        return _leader;
    }

    /// <summary>What a replica printed before it was killed by <see cref="KillAsync"/>.</summary>
    public IReadOnlyList<string> LogsOf(int index) => _logs[index];

    /// <summary>Ends a replica at once.</summary>
    public async Task KillAsync(int index)
    {
        await _replicas[index].Kill9Async();
        _logs[index].AddRange(_replicas[index].Log.Lines);
    }

    /// <summary>Who holds the lease.</summary>
    public async Task<string?> HolderAsync() => (await LeaseAsync()).Text("spec", "holderIdentity");

    /// <summary>The lease; null when there is none.</summary>
    public Task<JsonObject?> LeaseAsync() => _cluster.Api.TryGetAsync("/apis/coordination.k8s.io/v1/namespaces/test/leases/xds-canary");

    /// <summary>Takes a replica out of both Services, as it happens to a pod that is gone for good.</summary>
    public async Task WithdrawAsync(int index)
    {
        await _cluster.Api.DeleteAsync(SlicePath($"xds-{index + 1}"));
        await _cluster.Api.DeleteAsync(SlicePath($"peers-{index + 1}"));
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var replica in _replicas)
        {
            await replica.DisposeAsync();
        }
    }

    private async Task StartAsync()
    {
        foreach (var number in new[] { 1, 2 })
        {
            var (exitCode, output) = await ChildProcess.RunAsync(Tool.Find("ip"), ["address", "replace", $"{AddressOf(number)}/32", "dev", "lo"]);
            Assert.True(exitCode == 0, output);
        }

        await CanaryCluster.DefineAsync(_cluster);
        await _cluster.Api.ApplyYamlAsync(Front);
        foreach (var number in new[] { 1, 2 })
        {
            _replicas.Add(await ReplicaAsync(number));
        }

        await Eventually.BecomesAsync(
            async () => !string.IsNullOrEmpty(await HolderAsync()), TimeSpan.FromSeconds(30), "somebody holds the lease");
        foreach (var number in new[] { 1, 2 })
        {
            var ports = _replicas[number - 1].Ports;
            await _cluster.Api.ApplyYamlAsync($"{Slice("xds", number, "grpc-xds", ports.Xds)}---\n{Slice("peers", number, "admin", ports.Admin)}");
        }

        Address = (await _cluster.Api.GetAsync("/api/v1/namespaces/test/services/xds")).Text("spec", "clusterIP")!;
    }

    private Task<ServerProcess> ReplicaAsync(int number) => ServerProcess.StartAsync(new ServerOptions
    {
        Manifests = null,
        ListenerPort = ListenerPort,
        Arguments =
        [
            "--kubeconfig", _cluster.ControlPlane.AdminKubeconfig, "--lease-namespace", "test", "--admin-token", Token,
            "--admin-address", "0.0.0.0", "--peer-service", "peers.test", "--peer-address", AddressOf(number), "--identifier", $"replica-{number}",
        ],
    });

    // A name for each: what the node would write for the pods of a Deployment.
    private static string Slice(string service, int number, string port, int value) =>
        $$"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: {{service}}-{{number}}, namespace: test, labels: {kubernetes.io/service-name: {{service}} } }
        addressType: IPv4
        endpoints: [{addresses: [{{AddressOf(number)}}], conditions: {ready: true} }]
        ports: [{name: {{port}}, port: {{value}}, protocol: TCP}]

        """;

    private static string SlicePath(string name) => $"/apis/discovery.k8s.io/v1/namespaces/test/endpointslices/{name}";

    private static string AddressOf(int number) => string.Create(CultureInfo.InvariantCulture, $"10.244.200.{number}");
}
