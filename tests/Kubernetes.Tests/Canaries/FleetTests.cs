using System.Globalization;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Cluster;
using XdsCanary.TestKit.Processes;
using XdsCanary.TestKit.RealEnvoy;
using XdsCanary.TestKit.Server;

namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>Two replicas with ten Envoys between them: all are counted, and the death of the leader ends no run.</summary>
public sealed class FleetTests
{
    private const int Envoys = 10;
    private const string Token = "shared";

    [Fact]
    public async Task Convergence_counts_all_Envoys_and_another_replica_goes_on_when_the_leader_dies()
    {
        Tool.Find("envoy");
        await using var cluster = await TestCluster.StartAsync();
        foreach (var number in new[] { 1, 2 })
        {
            var (exitCode, output) = await ChildProcess.RunAsync(Tool.Find("ip"), ["address", "add", $"{AddressOf(number)}/32", "dev", "lo"]);
            Assert.True(exitCode == 0, output);
        }

        await CanaryCluster.DefineAsync(cluster);
        await cluster.Api.ApplyYamlAsync(Front);
        await using var first = await ReplicaAsync(cluster, 1);
        await using var second = await ReplicaAsync(cluster, 2);
        await LeadsAsync(cluster, "xds-canary");
        await EndpointsAsync(cluster, 1, first);
        await EndpointsAsync(cluster, 2, second);
        var address = (await cluster.Api.GetAsync("/api/v1/namespaces/test/services/xds")).Text("spec", "clusterIP")!;
        var envoys = new List<EnvoyInstance>();
        try
        {
            for (var number = 0; number < Envoys; number++)
            {
                envoys.Add(await EnvoyInstance.StartAsync(new EnvoyOptions
                {
                    XdsHost = address,
                    XdsPort = 18000,
                    NodeId = $"envoy-{number}",
                    Namespace = "test",
                    ReconnectLimit = TimeSpan.FromSeconds(1),
                }));
            }

            await PlayAsync(cluster, [first, second], envoys);
        }
        finally
        {
            foreach (var envoy in envoys)
            {
                await envoy.DisposeAsync();
            }
        }
    }

    private static async Task PlayAsync(TestCluster cluster, ServerProcess[] replicas, List<EnvoyInstance> envoys)
    {
        await cluster.Api.ApplyYamlAsync(CanaryYaml.Deployment());
        await cluster.Api.ApplyYamlAsync(CanaryYaml.Canary("stepWeight: 10, maxWeight: 50"));
        const string Canary = "/apis/flagger.app/v1beta1/namespaces/test/canaries/podinfo";
        await cluster.BecomesAsync(Canary, found => found.Text("status", "phase") == "Initialized", TimeSpan.FromSeconds(90));
        foreach (var envoy in envoys)
        {
            await envoy.BecomesReadyAsync();
        }

        var shares = await Task.WhenAll(replicas.Select(async replica => (await replica.Admin.StreamsAsync()).Count));
        Figures.Record($"Envoys by replica: {string.Join(" and ", shares)}");
        Assert.All(shares, share => Assert.InRange(share, 1, Envoys - 1));
        await cluster.Api.PatchAsync(
            "/apis/apps/v1/namespaces/test/deployments/podinfo",
            KubeJson.ReadYaml("spec: {template: {metadata: {labels: {version: next} } } }")[0]);
        await cluster.BecomesAsync(Canary, found => found.Number("status", "canaryWeight") >= 10 && found.Number("status", "proxies") == Envoys, TimeSpan.FromSeconds(60));

        var holder = (await LeaseAsync(cluster))!;
        var leader = await LeaderOfAsync(replicas);
        await replicas[leader].Kill9Async();
        await cluster.Api.DeleteAsync($"/apis/discovery.k8s.io/v1/namespaces/test/endpointslices/xds-{leader + 1}");
        await cluster.Api.DeleteAsync($"/apis/discovery.k8s.io/v1/namespaces/test/endpointslices/peers-{leader + 1}");
        var killed = TimeProvider.System.GetTimestamp();
        await Eventually.BecomesAsync(async () => await LeaseAsync(cluster) != holder, TimeSpan.FromSeconds(30));
        var taken = TimeProvider.System.GetElapsedTime(killed);
        Figures.Record($"another replica leads {taken.TotalSeconds:0.0} s after the leader was killed");

        var ended = await cluster.BecomesAsync(Canary, found => found.Text("status", "phase") is "Succeeded" or "Failed", TimeSpan.FromSeconds(120));
        Assert.Equal("Succeeded", ended.Text("status", "phase"));
        Assert.Equal(Envoys, ended.Number("status", "proxies"));
    }

    private static Task<ServerProcess> ReplicaAsync(TestCluster cluster, int number) => ServerProcess.StartAsync(new ServerOptions
    {
        Manifests = null,
        Arguments =
        [
            "--kubeconfig", cluster.ControlPlane.AdminKubeconfig, "--lease-namespace", "test", "--admin-token", Token,
            "--admin-address", "0.0.0.0", "--peer-service", "peers.test", "--peer-address", AddressOf(number), "--identifier", $"replica-{number}",
        ],
    });

    // A name for each: what the node would write for the pods of a Deployment.
    private static Task<IReadOnlyList<System.Text.Json.Nodes.JsonObject>> EndpointsAsync(TestCluster cluster, int number, ServerProcess replica) => cluster.Api.ApplyYamlAsync(
        $"{Slice("xds", number, "grpc-xds", replica.Ports.Xds)}---\n{Slice("peers", number, "admin", replica.Ports.Admin)}");

    private static string Slice(string service, int number, string port, int value) =>
        $$"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: {{service}}-{{number}}, namespace: test, labels: {kubernetes.io/service-name: {{service}} } }
        addressType: IPv4
        endpoints: [{addresses: [{{AddressOf(number)}}], conditions: {ready: true} }]
        ports: [{name: {{port}}, port: {{value}}, protocol: TCP}]

        """;

    private static string AddressOf(int number) => string.Create(CultureInfo.InvariantCulture, $"10.244.200.{number}");

    private static async Task<string?> LeaseAsync(TestCluster cluster) => (await cluster.Api.TryGetAsync(
        "/apis/coordination.k8s.io/v1/namespaces/test/leases/xds-canary"))?.Text("spec", "holderIdentity");

    private static Task LeadsAsync(TestCluster cluster, string lease) => Eventually.BecomesAsync(
        async () => !string.IsNullOrEmpty(await LeaseAsync(cluster)), TimeSpan.FromSeconds(30), $"somebody holds {lease}");

    private static async Task<int> LeaderOfAsync(ServerProcess[] replicas)
    {
        for (var number = 0; number < replicas.Length; number++)
        {
            if ((await replicas[number].Admin.MetricsAsync()).Sum("xdscanary_leader") > 0)
            {
                return number;
            }
        }

        throw new InvalidOperationException("No replica says that it leads.");
    }

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
}
