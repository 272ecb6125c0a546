using Microsoft.Extensions.Time.Testing;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Reconcile;
using XdsCanary.TestKit;

namespace XdsCanary.CanaryEngine.Tests.Reconcile;

/// <summary>A webhook that takes its time, on a clock that the test moves: a check has two of them, and the second is slow.</summary>
public sealed class SlowHookTests : IDisposable
{
    private const string Canary =
        "interval: 1m, threshold: 2, stepWeights: [10, 20, 50], "
        + "metrics: [{name: request-success-rate, interval: 1m, thresholdRange: {min: 99} }], "
        + "webhooks: [{name: quick, type: rollout, url: 'http://127.0.0.1/'}, "
        + "{name: slow, type: rollout, url: 'http://127.0.0.1/', timeout: 30m}]";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly CanarySpec _spec = EngineRig.Read(EngineSamples.Canary(analysis: Canary));
    private readonly EngineRig _rig;
    private readonly TaskCompletionSource<HookAnswer> _slow = new();

    public SlowHookTests() =>
        _rig = new EngineRig(_folder.FullPath, new MemorySource(EngineSamples.Set(EngineSamples.Service("1"))), _time);

    public void Dispose() => _folder.Dispose();

    // The receiver of a long job is asked for half an hour here; the canary is bad from the first minute on.
    [Fact]
    public async Task H_25_a_hopeless_canary_is_taken_back_while_a_webhook_is_being_asked()
    {
        await AskSlowHookAsync();
        var asked = _time.GetUtcNow();
        _rig.Ports.Value = 0;

        await UntilAsync(() => _rig.Status.Phase == CanaryPhase.Failed);

        Assert.Equal(Reasons.FastAbort, _rig.Status.Reason);
        Assert.InRange(_time.GetUtcNow() - asked, TimeSpan.Zero, TimeSpan.FromSeconds(15));
    }

    [Fact]
    public async Task H_25_what_a_person_asks_for_is_done_while_a_webhook_is_being_asked()
    {
        await AskSlowHookAsync();

        await RoundAsync(new VerbRequest(Verb.Rollback, "ann"));

        await UntilAsync(() => _rig.Status.Phase == CanaryPhase.Failed);
        Assert.False(_slow.Task.IsCompleted);
    }

    [Fact]
    public async Task A_check_goes_on_with_the_answer_when_it_comes_and_asks_nobody_twice()
    {
        await AskSlowHookAsync();
        var before = _rig.Status;
        await RoundAsync();
        await RoundAsync();
        Assert.Equal(before.CanaryWeight, _rig.Status.CanaryWeight);
        Assert.Equal(before.FailedChecks, _rig.Status.FailedChecks);

        _slow.SetResult(HookAnswer.Pass);
        await RoundAsync();

        Assert.Equal(20, _rig.Status.CanaryWeight);
        Assert.Equal(["hook quick", "hook slow"], _rig.Ports.Told.Where(told => told.StartsWith("hook", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_refusal_that_comes_late_fails_the_check()
    {
        await AskSlowHookAsync();

        _slow.SetResult(new HookAnswer(false, "no"));
        await RoundAsync();

        Assert.Equal(10, _rig.Status.CanaryWeight);
        Assert.Equal(1, _rig.Status.FailedChecks);
    }

    [Fact]
    public async Task A_newer_revision_waits_for_no_answer_about_an_older_one()
    {
        await AskSlowHookAsync();

        _rig.Use(EngineSamples.Set(EngineSamples.Service("3")));
        _rig.Ports.Slow.Clear();

        await UntilAsync(() => _rig.Status.Phase == CanaryPhase.Succeeded);
        Assert.Equal(_rig.Status.LastAppliedSpec, _rig.Status.LastPromotedSpec);
        Assert.False(_slow.Task.IsCompleted);
    }

    // The first step is taken and the check after it has asked.
    private async Task AskSlowHookAsync()
    {
        await UntilAsync(() => _rig.Status.Phase == CanaryPhase.Initialized);
        _rig.Ports.Slow["slow"] = _slow;
        _rig.Use(EngineSamples.Set(EngineSamples.Service("2")));
        await UntilAsync(() => _rig.Ports.Told.Contains("hook slow"));
        Assert.Equal(10, _rig.Status.CanaryWeight);
    }

    private async Task UntilAsync(Func<bool> condition)
    {
        for (var rounds = 0; !condition(); rounds++)
        {
            Assert.True(rounds < 1000, $"There was always another round; the last status is {_rig.Status}.");
            var due = (await RoundAsync()).Due ?? _time.GetUtcNow();
            if (!condition() && due > _time.GetUtcNow())
            {
                _time.Advance(due - _time.GetUtcNow());
            }
        }
    }

    // A round waits a little for each webhook, on the clock that only the test moves.
    private async Task<RoundResult> RoundAsync(VerbRequest? verb = null)
    {
        var round = _rig.Reconciler.ReconcileAsync(_spec, verb, isDeleted: false, TestContext.Current.CancellationToken);
        await Eventually.BecomesAsync(() =>
        {
            if (!round.IsCompleted)
            {
                _time.Advance(Step);
            }

            return round.IsCompleted;
        });
        return await round;
    }
}
