using System.Text.Json.Nodes;
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

/// <summary>What becomes of a route that was laid ahead while the API server takes no writes.</summary>
public sealed class SplitRouterTests : IAsyncLifetime
{
    private const string Canaries = "canaries";
    private const string Splits = "trafficsplits";

    private static readonly CanarySpec Spec = CanaryManifest.Accept(CanaryManifest.Write());
    private static readonly TrafficPlan Half = new(50, 50);

    private readonly StubCluster _cluster = new();
    private readonly Peers _peers = new();
    private readonly QuietPorts _ports = new();
    private readonly LayeredObjectSource _layer;
    private readonly SplitRouter _router;

    public SplitRouterTests()
    {
        var canary = Read(CanaryManifest.Write());
        canary["metadata"]!["uid"] = "uid-1";
        _cluster.Lists[Canaries] = [Stored(canary)];
        _cluster.Lists[Splits] = [Stored(Split(Half))];
        _layer = new LayeredObjectSource(_cluster.Objects.Mesh);
        _router = new SplitRouter(
            _cluster.Objects,
            _layer,
            new ClusterTargets(null!, null!),
            _ports,
            _peers,
            _cluster.Time,
            NullLogger<SplitRouter>.Instance);
    }

    public async ValueTask InitializeAsync()
    {
        await _cluster.StartAsync(TestContext.Current.CancellationToken);
        await _router.WriteAsync(Spec, TrafficPlan.AllToPrimary, TestContext.Current.CancellationToken);
    }

    public ValueTask DisposeAsync() => _cluster.DisposeAsync();

    [Fact]
    public async Task It_counts_and_is_told_for_as_long_as_it_cannot_be_recorded()
    {
        await _router.CatchUpAsync(TestContext.Current.CancellationToken);

        Assert.Equal(TrafficPlan.AllToPrimary, _router.Read(Spec));
        Assert.Equal(1, await ToldAsync());
    }

    [Fact]
    public async Task It_goes_when_it_is_recorded()
    {
        _cluster.Answer = Stored(Split(TrafficPlan.AllToPrimary), "11");

        await _router.CatchUpAsync(TestContext.Current.CancellationToken);

        Assert.Equal(TrafficPlan.AllToPrimary, _router.Read(Spec));
        Assert.Equal(0, await ToldAsync());
    }

    [Fact]
    public async Task It_goes_with_its_canary()
    {
        _cluster.Lists[Canaries] = [];
        await _cluster.Objects.Definitions.RefreshAsync(
            CanaryKinds.Group, CanaryKinds.Canary, TestContext.Current.CancellationToken);

        await _router.CatchUpAsync(TestContext.Current.CancellationToken);

        Assert.Equal(Half, _router.Read(Spec));
        Assert.Equal(0, await ToldAsync());
    }

    [Fact]
    public async Task It_goes_when_its_canary_is_forgotten()
    {
        _router.Forget(Spec.Key);

        Assert.Equal(Half, _router.Read(Spec));
        Assert.Equal(0, await ToldAsync());
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task E2E_10_A_split_that_stood_before_the_canary_does_not_go_with_it(bool isOurs)
    {
        var live = Split(Half);
        if (!isOurs)
        {
            live["metadata"]!.AsObject().Remove("ownerReferences");
        }

        _cluster.Lists[Splits] = [Stored(live, "6")];
        await _cluster.Objects.Mesh.RefreshAsync(SplitObject.Group, "TrafficSplit", TestContext.Current.CancellationToken);
        _cluster.Writes.Clear();
        _cluster.Answer = Stored(live.DeepClone().AsObject(), "7");

        await _router.CatchUpAsync(TestContext.Current.CancellationToken);
        await _router.ReleaseAsync(Spec, TestContext.Current.CancellationToken);

        Assert.Equal(2, _cluster.Writes.Count);
        Assert.All(_cluster.Writes, write => Assert.Equal(isOurs, write.Body["metadata"]!["ownerReferences"] is not null));
    }

    // A new leader has just read what the last one directed; the snapshots that its proxies follow may be from before that.
    [Fact]
    public void H_24_What_the_last_leader_directed_counts_as_published_once_it_is()
    {
        _router.Clear();
        _ports.Revision = _layer.Current.Revision;
        Assert.True(_router.IsPublished(Spec));

        _router.Begin();
        Assert.False(_router.IsPublished(Spec));

        _ports.Revision = _layer.Current.Revision;
        Assert.True(_router.IsPublished(Spec));
    }

    private static JsonObject Split(TrafficPlan plan) => SplitObject.Make(Spec, new CanaryOwner("web", "uid-1"), plan, "v1alpha4");

    private static JsonObject Stored(JsonObject item, string version = "5")
    {
        item["metadata"]!["resourceVersion"] = version;
        return item;
    }

    private async Task<int> ToldAsync()
    {
        _peers.Told = 0;
        await _router.TellPeersAsync(TestContext.Current.CancellationToken);
        return _peers.Told;
    }

    private sealed class Peers : IPeerRoutes
    {
        public int Told { get; set; }

        public Task TellAsync(IReadOnlyCollection<JsonObject> splits, CancellationToken cancellationToken)
        {
            Told += splits.Count;
            return Task.CompletedTask;
        }
    }
}
