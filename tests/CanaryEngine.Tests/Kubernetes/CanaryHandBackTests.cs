using Microsoft.Extensions.Logging.Abstractions;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Tests.Reconcile;
using XdsCanary.CanaryEngine.Tests.Resources;
using XdsCanary.KubeRuntime.Objects;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>How a canary with <c>revertOnDeletion</c> that is deleted gives its target the traffic back: each step after the one before.</summary>
public sealed class CanaryHandBackTests : IAsyncLifetime
{
    private const string Finalizer = "finalizer.flagger.app";
    private const string Slices = "endpointslices";

    private static readonly CanarySpec Spec = CanaryManifest.Accept(CanaryManifest.Write());

    private readonly StubCluster _cluster = new();
    private readonly Proxies _proxies = new();
    private readonly CanaryFinalizer _finalizer;
    private readonly WorkloadWorld _targets;

    public CanaryHandBackTests()
    {
        var canary = Read(CanaryManifest.Write());
        var metadata = canary["metadata"]!;
        metadata["uid"] = "uid-1";
        metadata["resourceVersion"] = "5";
        metadata["finalizers"] = Read($"{{items: [{Finalizer}]}}")["items"]!.DeepClone();
        // Long before the target is ready.
        metadata["deletionTimestamp"] = _cluster.Time.GetUtcNow().AddHours(-1).ToString("O");
        var target = Workload(replicas: 1);
        target["status"] = Read("{observedGeneration: 1, replicas: 1, updatedReplicas: 1, readyReplicas: 1, availableReplicas: 1}");
        _cluster.Lists["canaries"] = [canary];
        _cluster.Lists["deployments"] = [target];
        _cluster.Lists["services"] =
            [Read("{apiVersion: v1, kind: Service, metadata: {name: web-canary, namespace: test}, spec: {ports: [{port: 9898}]}}")];
        _cluster.Lists[Slices] = [Slice(ready: true)];
        _cluster.Lists["trafficsplits"] = [SplitObject.Make(Spec, new CanaryOwner("web", "uid-1"), new TrafficPlan(0, 100), "v1alpha4")];
        _cluster.Answer = canary;
        var router = new SplitRouter(
            _cluster.Objects,
            new LayeredObjectSource(_cluster.Objects.Mesh),
            new ClusterTargets(null!, null!),
            new QuietPorts(),
            null!,
            _cluster.Time,
            NullLogger<SplitRouter>.Instance);
        _finalizer = new CanaryFinalizer(
            _cluster.Objects, router, _proxies, null!, _cluster.Time, NullLogger<CanaryFinalizer>.Instance);
        _targets = new WorkloadWorld(_cluster.Objects, null!, null!, null!, new AutoscalerUpkeep(_cluster.Objects), null!);
    }

    public async ValueTask InitializeAsync() => await _cluster.StartAsync(TestContext.Current.CancellationToken);

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task CTL_66_It_waits_for_proxies_from_when_it_directs_them_however_long_the_target_took_to_become_ready()
    {
        _proxies.Converged = 0;

        await WaitsAsync("proxies do not route to the target yet");
        _cluster.Time.Advance(Spec.Analysis.Convergence.Timeout - TimeSpan.FromMilliseconds(1));
        await WaitsAsync("proxies do not route to the target yet");
        _cluster.Time.Advance(TimeSpan.FromMilliseconds(1));
        await HandBackAsync();

        Assert.Equal("/apis/flagger.app/v1beta1/namespaces/test/canaries/web", Assert.Single(_cluster.Writes).Path);
    }

    [Fact]
    public async Task CTL_66_Its_object_goes_as_soon_as_all_proxies_follow()
    {
        await HandBackAsync();

        AssertJson("metadata: {finalizers: [], resourceVersion: '5'}", Assert.Single(_cluster.Writes).Body);
    }

    [Fact]
    public async Task CTL_66_The_target_gets_nothing_before_its_Service_leads_to_it()
    {
        _cluster.Lists[Slices] = [Slice(ready: false)];
        await _cluster.Objects.Mesh.RefreshAsync("discovery.k8s.io", "EndpointSlice", TestContext.Current.CancellationToken);

        await WaitsAsync("waiting for Service web-canary to have endpoints");
        _cluster.Time.Advance(TimeSpan.FromHours(1));
        await WaitsAsync("waiting for Service web-canary to have endpoints");
        _cluster.Lists[Slices] = [Slice(ready: true)];
        await _cluster.Objects.Mesh.RefreshAsync("discovery.k8s.io", "EndpointSlice", TestContext.Current.CancellationToken);
        await HandBackAsync();

        Assert.Single(_cluster.Writes);
    }

    private static System.Text.Json.Nodes.JsonObject Slice(bool ready) => Read($$"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: web-canary-1, namespace: test, labels: {kubernetes.io/service-name: web-canary} }
        addressType: IPv4
        ports: [{port: 9898}]
        endpoints: [{addresses: [10.0.0.1], conditions: {ready: {{(ready ? "true" : "false")}}} }]
        """);

    private Task HandBackAsync() => _finalizer.HandBackAsync(Spec, _targets, TestContext.Current.CancellationToken);

    private async Task WaitsAsync(string what)
    {
        var exception = await Assert.ThrowsAsync<WorkloadException>(HandBackAsync);
        Assert.Equal($"canary not ready during finalizing: {what}", exception.Message);
        Assert.Empty(_cluster.Writes);
    }

    private sealed class Proxies : IConvergenceProbe
    {
        public int Converged { get; set; } = 1;

        public ServiceConvergence Describe(NamespacedName service) => new([], null, 1, Converged, []);
    }
}
