using System.Collections.Immutable;
using System.Threading.Channels;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Reconcile;
using XdsCanary.CanaryEngine.Standalone;
using XdsCanary.KubeRuntime.Leadership;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.TestKit;

namespace XdsCanary.CanaryEngine.Tests.Reconcile;

/// <summary>Several canaries side by side, on a clock that the test moves.</summary>
public sealed class CanaryControllerTests : IAsyncLifetime
{
    private static readonly NamespacedName Shop = new("test", "shop");
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly ListCatalog _catalog = new(
        EngineRig.Read(EngineSamples.Canary()), EngineRig.Read(EngineSamples.Canary("shop", "shop", apex: "other")));

    private readonly EngineRig _rig;
    private readonly CanaryController _controller;
    private readonly LeaderLoop _loop;

    public CanaryControllerTests()
    {
        var manifests = new MemorySource(EngineSamples.Set(EngineSamples.Service("1"), EngineSamples.Service("1", "shop")));
        _rig = new EngineRig(_folder.FullPath, manifests, _time);
        _controller = new CanaryController(
            _catalog, _rig.Reconciler, _rig.Effects, _rig.Notices,
            new CanaryMetrics(Prometheus.Metrics.NewCustomRegistry(), "test"), _time, NullLogger<CanaryController>.Instance);
        _loop = new LeaderLoop(
            new SoleLeadership(), new NoPreparation(), _controller, _time, NullLogger<LeaderLoop>.Instance);
    }

    public async ValueTask InitializeAsync() => await _loop.StartAsync(TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        await _loop.StopAsync(CancellationToken.None);
        _loop.Dispose();
        _folder.Dispose();
    }

    // A panic in one canary kills all of Flagger.
    [Fact]
    public async Task H_32_a_fault_in_one_canary_stops_no_other_and_is_tried_again()
    {
        _rig.Crashing.Faulty = Shop;
        _catalog.ChangeAll();
        await UntilAsync(() => PhaseOf(EngineSamples.Web) == CanaryPhase.Initialized && _rig.Crashing.Faults > 1);
        Assert.Equal(CanaryPhase.None, PhaseOf(Shop));

        _rig.Crashing.Faulty = null;

        await UntilAsync(() => PhaseOf(Shop) == CanaryPhase.Initialized);
    }

    [Fact]
    public async Task H_32_a_canary_that_keeps_failing_is_tried_ever_more_rarely()
    {
        _rig.Crashing.Faulty = Shop;
        _catalog.ChangeAll();
        await UntilAsync(() => _rig.Crashing.Faults > 0);
        var started = _time.GetUtcNow();

        await UntilAsync(() => _rig.Crashing.Faults >= 6);

        // 1 + 2 + 4 + 8 + 16 seconds at the least.
        Assert.True(_time.GetUtcNow() - started >= TimeSpan.FromSeconds(30), $"{_time.GetUtcNow() - started}");
    }

    // More terms than there may be rounds at once: a term that ends while nothing is due keeps no place.
    [Fact]
    public async Task Rounds_are_made_after_any_number_of_terms()
    {
        await _loop.StopAsync(TestContext.Current.CancellationToken);
        for (var terms = 0; terms < 300; terms++)
        {
            using var end = new CancellationTokenSource();
            var term = _controller.RunAsync(end.Token);
            await end.CancelAsync();
            await term;
        }

        using var last = new CancellationTokenSource();
        var running = _controller.RunAsync(last.Token);
        _catalog.ChangeAll();
        await UntilAsync(() => PhaseOf(EngineSamples.Web) == CanaryPhase.Initialized);
        await last.CancelAsync();
        await running;
    }

    [Fact]
    public async Task What_a_person_asks_for_is_answered_with_the_status_after_it()
    {
        _catalog.ChangeAll();
        await UntilAsync(() => PhaseOf(EngineSamples.Web) == CanaryPhase.Initialized);

        var result = await _controller.AskAsync(
            EngineSamples.Web, new VerbRequest(Verb.Pause, "ann"), TestContext.Current.CancellationToken);

        Assert.True(result!.Status.Paused);
        Assert.Empty(result.Refusal);
        Assert.True(_rig.World.StatusOf(EngineSamples.Web).Paused);
    }

    [Fact]
    public async Task What_a_person_asks_for_fails_with_the_fault_of_the_canary()
    {
        _rig.Crashing.Faulty = Shop;

        var asked = _controller.AskAsync(Shop, new VerbRequest(Verb.Pause, "ann"), TestContext.Current.CancellationToken);

        await Assert.ThrowsAsync<InvalidOperationException>(() => asked);
    }

    // Hours later it would be about another revision than the one that was meant (H-33).
    [Fact]
    public async Task H_33_What_nobody_waits_for_any_more_is_not_done_in_a_later_term()
    {
        _catalog.ChangeAll();
        await UntilAsync(() => PhaseOf(EngineSamples.Web) == CanaryPhase.Initialized);
        await _loop.StopAsync(TestContext.Current.CancellationToken);
        using var gone = new CancellationTokenSource();
        var asked = _controller.AskAsync(EngineSamples.Web, new VerbRequest(Verb.Pause, "ann"), gone.Token);
        await gone.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asked);

        await _loop.StartAsync(TestContext.Current.CancellationToken);
        var next = await _controller.AskAsync(
            EngineSamples.Web, new VerbRequest(Verb.Resume, "bob"), TestContext.Current.CancellationToken);

        Assert.False(next!.Status.Paused);
        Assert.DoesNotContain(_rig.World.EventsOf(EngineSamples.Web), told => told.Text.Contains("ann", StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_was_not_begun_when_a_term_ends_is_refused()
    {
        _rig.Crashing.Held = new TaskCompletionSource();
        _catalog.ChangeAll();
        await UntilAsync(() => _rig.Crashing.IsHolding);
        var asked = _controller.AskAsync(EngineSamples.Web, new VerbRequest(Verb.Pause, "ann"), TestContext.Current.CancellationToken);

        var stopped = _loop.StopAsync(TestContext.Current.CancellationToken);
        _rig.Crashing.Held.SetResult();
        await stopped;

        Assert.Equal("This replica does not look after canaries any more: ask again.", (await asked)!.Refusal);
    }

    [Fact]
    public async Task Nothing_can_be_asked_for_of_a_canary_that_is_not_there() => Assert.Null(await _controller.AskAsync(
        new NamespacedName("test", "none"), new VerbRequest(Verb.Pause, "ann"), TestContext.Current.CancellationToken));

    [Fact]
    public async Task Deleted_canary_is_forgotten()
    {
        _catalog.ChangeAll();
        await UntilAsync(() => PhaseOf(Shop) == CanaryPhase.Initialized);

        _catalog.Delete(Shop);

        await UntilAsync(() => _catalog.Find(Shop) is null);
    }

    // What could not be recorded of its traffic would be told to other replicas for ever.
    [Fact]
    public async Task Deleted_canary_is_forgotten_with_its_workloads_and_its_traffic()
    {
        _catalog.ChangeAll();
        await UntilAsync(() => PhaseOf(Shop) == CanaryPhase.Initialized);

        _catalog.Delete(Shop);

        await UntilAsync(() => _rig.Crashing.Forgotten.Count == 2);
        Assert.All(_rig.Crashing.Forgotten, key => Assert.Equal(Shop, key));
    }

    // Its finalizer would keep it for ever.
    [Fact]
    public async Task Deleted_canary_whose_spec_is_not_accepted_is_let_go()
    {
        _catalog.Refuse(Shop);
        _catalog.Delete(Shop);

        await UntilAsync(() => !_rig.Crashing.LetGo.IsEmpty);
        Assert.All(_rig.Crashing.LetGo, key => Assert.Equal(Shop, key));
    }

    [Fact]
    public async Task Canary_whose_spec_is_not_accepted_is_kept_until_it_is_deleted()
    {
        _catalog.Refuse(Shop);
        _catalog.ChangeAll();

        await UntilAsync(() => PhaseOf(EngineSamples.Web) == CanaryPhase.Initialized);
        Assert.Empty(_rig.Crashing.LetGo);
    }

    private CanaryPhase PhaseOf(NamespacedName key) => _rig.World.StatusOf(key).Phase;

    private Task UntilAsync(Func<bool> condition) => Eventually.BecomesAsync(() =>
    {
        _time.Advance(Step);
        return condition();
    });

    private sealed class ListCatalog(params CanarySpec[] specs) : ICanaryCatalog
    {
        private readonly Channel<IReadOnlyCollection<NamespacedName>> _changes =
            Channel.CreateUnbounded<IReadOnlyCollection<NamespacedName>>();

        private ImmutableDictionary<NamespacedName, CatalogEntry> _entries =
            specs.ToImmutableDictionary(spec => spec.Key, spec => new CatalogEntry(spec, []));

        public ImmutableArray<NamespacedName> Keys => [.. _entries.Keys.Order()];

        public CatalogEntry? Find(NamespacedName key) => _entries.GetValueOrDefault(key);

        public void Forget(NamespacedName key) => ImmutableInterlocked.TryRemove(ref _entries, key, out _);

        public async Task<IReadOnlyCollection<NamespacedName>> WaitForChangesAsync(CancellationToken cancellationToken) =>
            await _changes.Reader.ReadAsync(cancellationToken);

        public void ChangeAll() => _changes.Writer.TryWrite(Keys);

        public void Refuse(NamespacedName key) =>
            ImmutableInterlocked.AddOrUpdate(ref _entries, key, _ => null!, (_, entry) => entry with { Spec = null });

        public void Delete(NamespacedName key)
        {
            ImmutableInterlocked.AddOrUpdate(ref _entries, key, _ => null!, (_, entry) => entry with { IsDeleted = true });
            _changes.Writer.TryWrite([key]);
        }
    }
}
