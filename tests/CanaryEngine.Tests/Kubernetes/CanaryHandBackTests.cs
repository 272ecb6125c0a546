using Microsoft.Extensions.Logging.Abstractions;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Resources;
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
        var made = new MadeFor(
            Spec, SelectorLabel.Of(target, SelectorLabel.DefaultKeys), new CanaryOwner("web", "uid-1"), IncludePrefixes.Parse(string.Empty));
        _cluster.Lists["services"] =
        [
            MadeServices.Make(made, ServiceRole.Primary, TemplateOf(target)), MadeServices.Make(made, ServiceRole.Canary, TemplateOf(target)),
        ];
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
        _targets = new WorkloadWorld(
            _cluster.Objects,
            new TargetViews(_cluster.Objects, new ObjectIndex(), new ClusterOptions()),
            null!,
            new ServiceUpkeep(_cluster.Objects),
            new AutoscalerUpkeep(_cluster.Objects),
            null!);
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

    [Theory]
    [InlineData(1)]
    [InlineData(0)]
    public async Task CTL_66_It_waits_for_proxies_that_were_connected_before(int connected)
    {
        var canary = _cluster.Lists["canaries"][0];
        canary["status"] = Read("{proxies: 2}");
        (_proxies.Connected, _proxies.Converged) = (connected, connected);
        await _cluster.Objects.Definitions.RefreshAsync(CanaryKinds.Group, CanaryKinds.Canary, TestContext.Current.CancellationToken);

        await WaitsAsync("proxies do not route to the target yet");
        (_proxies.Connected, _proxies.Converged) = (2, 2);
        await HandBackAsync();

        Assert.Single(_cluster.Writes);
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

    // Upkeep leaves canaries alone that are being deleted.
    [Fact]
    public async Task CTL_66_A_Service_that_somebody_has_led_elsewhere_is_put_right_first()
    {
        var service = _cluster.Lists["services"][1];
        service["spec"]!["selector"]!["app"] = "elsewhere";
        _cluster.Answer = service;
        await _cluster.Objects.Mesh.RefreshAsync(string.Empty, "Service", TestContext.Current.CancellationToken);

        await HandBackAsync();

        var (path, body) = _cluster.Writes.First();
        Assert.Equal("/api/v1/namespaces/test/services/web-canary", path);
        Assert.Equal("web", body.TextAt("spec", "selector", "app"));
    }

    [Theory]
    [InlineData(true, 1)]
    [InlineData(false, 2)]
    public async Task CTL_66_A_split_that_stood_before_names_nothing_that_goes(bool isOurs, int writes)
    {
        var split = _cluster.Lists["trafficsplits"][0].DeepClone().AsObject();
        if (!isOurs)
        {
            split["metadata"]!.AsObject().Remove("ownerReferences");
        }

        _cluster.Lists["trafficsplits"] = [split];
        await _cluster.Objects.Mesh.RefreshAsync(SplitObject.Group, "TrafficSplit", TestContext.Current.CancellationToken);

        await HandBackAsync();

        Assert.Equal(writes, _cluster.Writes.Count);
        Assert.Equal(!isOurs, SplitObject.IsReleased(_cluster.Writes.First().Body.AsObject(), Spec));
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
        public int Connected { get; set; } = 1;

        public int Converged { get; set; } = 1;

        public ServiceConvergence Describe(NamespacedName service) => new([], null, Connected, Converged, []);
    }
}
