using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Reconcile;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.CanaryEngine.Standalone;
using XdsCanary.CanaryEngine.Webhooks;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Reconcile;

/// <summary>The engine over a directory of states, round by round; a new one is what a restarted process is.</summary>
internal sealed class EngineRig
{
    private readonly FakeTimeProvider _time;

    public EngineRig(string states, MemorySource manifests, FakeTimeProvider time, int crashAt = 0, List<int>? weights = null)
    {
        _time = time;
        Layer = new LayeredObjectSource(manifests);
        World = new StandaloneWorld(
            new StateDirectory(states, NullLogger<StateDirectory>.Instance), new StatePublisher(Layer), Ports, time);
        World.Load(TargetIndex.Of(manifests.Current, TargetIndex.Empty));
        Layer.CompleteUpper();
        Crashing = new CrashingWorld(World, crashAt, weights ?? []);
        Effects = new EffectRunner(Crashing, Crashing);
        Notices = new NoticeRunner(
            Ports,
            new EventWebhooks(Ports, new EventWebhookOptions(), time, NullLogger<EventWebhooks>.Instance),
            Ports,
            World,
            time,
            NullLogger<NoticeRunner>.Instance);
        Reconciler = new CanaryReconciler(
            new FactGatherer(Crashing, Crashing, Ports, Ports, Ports, time),
            Effects,
            Crashing,
            Notices,
            new CanaryMetrics(Prometheus.Metrics.NewCustomRegistry(), "test"),
            time,
            NullLogger<CanaryReconciler>.Instance);
    }

    public QuietPorts Ports { get; } = new();

    public LayeredObjectSource Layer { get; }

    public StandaloneWorld World { get; }

    public CrashingWorld Crashing { get; }

    public EffectRunner Effects { get; }

    public NoticeRunner Notices { get; }

    public CanaryReconciler Reconciler { get; }

    public CanaryStatus Status => World.StatusOf(EngineSamples.Web);

    public CanaryState State => World.States.Single();

    public static CanarySpec Read(string canary)
    {
        var mapped = CanaryMapper.Map(Manifests.ReadOne(canary), new MapperOptions { Standalone = true });
        Assert.Empty(mapped.Faults);
        return mapped.Value!;
    }

    /// <summary>Takes over changed manifests.</summary>
    public void Use(ObjectSet objects) => World.UseTargets(TargetIndex.Of(objects, TargetIndex.Empty));

    public Task<RoundResult> RoundAsync(CanarySpec spec, bool isDeleted = false) =>
        Reconciler.ReconcileAsync(spec, null, isDeleted, TestContext.Current.CancellationToken);

    /// <summary>Makes rounds when they are due until none is.</summary>
    public async Task RunAsync(CanarySpec spec)
    {
        for (var rounds = 0; rounds < 1000; rounds++)
        {
            if ((await RoundAsync(spec)).Due is not { } due)
            {
                await Notices.DrainAsync(CancellationToken.None);
                return;
            }

            _time.Advance(due > _time.GetUtcNow() ? due - _time.GetUtcNow() : TimeSpan.Zero);
        }

        Assert.Fail($"There was always another round; the last status is {Status}.");
    }
}
