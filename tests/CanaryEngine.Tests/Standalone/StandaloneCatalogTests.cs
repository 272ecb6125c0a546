using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Reconcile;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.CanaryEngine.Standalone;
using XdsCanary.CanaryEngine.Tests.Reconcile;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.TestKit;

namespace XdsCanary.CanaryEngine.Tests.Standalone;

/// <summary>What becomes of the engine's objects among the manifests.</summary>
public sealed class StandaloneCatalogTests : IAsyncLifetime
{
    private static readonly NamespacedName Shop = new("test", "shop");
    private static readonly string Service = EngineSamples.Service("1");

    private readonly TemporaryFolder _folder = new();
    private readonly MemorySource _manifests = new(EngineSamples.Set(Service, EngineSamples.Canary()));
    private readonly StandaloneWorld _world;
    private readonly StandaloneCatalog _catalog;

    public StandaloneCatalogTests()
    {
        var layer = new LayeredObjectSource(_manifests);
        _world = new StandaloneWorld(
            new StateDirectory(_folder.FullPath, NullLogger<StateDirectory>.Instance), new StatePublisher(layer),
            new QuietPorts(), new FakeTimeProvider());
        _catalog = new StandaloneCatalog(
            _manifests, _world, layer, new CanaryMetrics(Prometheus.Metrics.NewCustomRegistry(), "test"),
            new MapperOptions { Standalone = true }, NullLogger<StandaloneCatalog>.Instance);
    }

    public async ValueTask InitializeAsync()
    {
        await _catalog.StartAsync(TestContext.Current.CancellationToken);
        await _catalog.WaitForChangesAsync(TestContext.Current.CancellationToken);
    }

    public async ValueTask DisposeAsync()
    {
        await _catalog.StopAsync(CancellationToken.None);
        _catalog.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public async Task H_31_a_canary_that_becomes_invalid_says_so_and_goes_on_as_it_was()
    {
        var valid = Find(EngineSamples.Web).Spec!;
        await _world.WriteAsync(valid, TrafficPlan.AllToPrimary, TestContext.Current.CancellationToken);

        await UseAsync(Service, EngineSamples.Canary(analysis: "interval: 1m, threshold: 2, stepWeight: 200"));

        var entry = Find(EngineSamples.Web);
        Assert.Equal(valid, entry.Spec);
        var problem = Assert.Single(entry.Problems);
        Assert.Equal("spec.analysis.stepWeight", problem.Field);
        await Eventually.BecomesAsync(() => _world.EventsOf(EngineSamples.Web).Count > 0);
        var told = Assert.Single(_world.EventsOf(EngineSamples.Web));
        Assert.True(told.IsWarning);
        Assert.Equal(problem.ToString(), told.Text);
    }

    [Fact]
    public async Task H_31_a_canary_that_never_was_valid_is_shown_with_its_fault_and_harms_no_other()
    {
        await UseAsync(
            Service, EngineSamples.Canary(), EngineSamples.Canary("shop", "shop", "interval: 1m, threshold: 2, stepWeight: 2.5", "other"));

        Assert.Null(Find(Shop).Spec);
        Assert.Equal("spec.analysis.stepWeight", Assert.Single(Find(Shop).Problems).Field);
        Assert.Contains(_catalog.Problems, problem => problem.Object?.Name == Shop);
        Assert.NotNull(Find(EngineSamples.Web).Spec);
    }

    [Theory]
    [InlineData("web", "other", "spec.targetRef.name")]
    [InlineData("shop", "front", "spec.service.name")]
    public async Task Canary_that_claims_what_belongs_to_another_is_refused(string target, string apex, string field)
    {
        await UseAsync(Service, EngineSamples.Canary(), EngineSamples.Canary("a-rival", target, apex: apex));

        var rival = Find(new NamespacedName("test", "a-rival"));
        Assert.Null(rival.Spec);
        var problem = Assert.Single(rival.Problems);
        Assert.Equal(field, problem.Field);
        Assert.Contains("belongs to Canary test/web already", problem.Message, StringComparison.Ordinal);
        Assert.NotNull(Find(EngineSamples.Web).Spec);
    }

    [Fact]
    public async Task Canary_whose_manifest_is_gone_is_deleted_until_it_is_forgotten()
    {
        await UseAsync(Service);
        Assert.True(Find(EngineSamples.Web).IsDeleted);

        _catalog.Forget(EngineSamples.Web);

        Assert.Empty(_catalog.Keys);
    }

    [Fact]
    public async Task Change_of_a_target_concerns_its_canary_and_no_other()
    {
        var before = EngineSamples.Set(
            Service, EngineSamples.Service("1", "shop"), EngineSamples.Canary(), EngineSamples.Canary("shop", "shop", apex: "other"));
        await UseAsync(before);
        var target = EngineSamples.Set(EngineSamples.Service("2", "shop")).Objects;

        var changed = await UseAsync(before with { Objects = before.Objects.SetItems(target) });

        Assert.Equal(Shop, Assert.Single(changed));
    }

    [Fact]
    public async Task Secret_has_its_plain_values_before_its_encoded_ones()
    {
        await UseAsync("""
            apiVersion: v1
            kind: Secret
            metadata: {name: tokens, namespace: test}
            data: {address: aHR0cDovL2E=, token: b2xk}
            stringData: {token: new}
            """);

        var secret = ((Ports.ISecrets)_catalog).Find(new NamespacedName("test", "tokens"));

        Assert.Equal(("http://a", "new"), (secret!["address"], secret["token"]));
        Assert.Null(((Ports.ISecrets)_catalog).Find(Shop));
    }

    private CatalogEntry Find(NamespacedName key) => _catalog.Find(key)!;

    private Task<IReadOnlyCollection<NamespacedName>> UseAsync(params string[] manifests) => UseAsync(EngineSamples.Set(manifests));

    private async Task<IReadOnlyCollection<NamespacedName>> UseAsync(ObjectSet objects)
    {
        _manifests.Use(objects);
        return await _catalog.WaitForChangesAsync(TestContext.Current.CancellationToken);
    }
}
