using Microsoft.Extensions.Time.Testing;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Reconcile;
using XdsCanary.TestKit;

namespace XdsCanary.CanaryEngine.Tests.Reconcile;

/// <summary>A webhook that takes its time, on a clock that the test moves: a check has two of them, and the second is slow.</summary>
public sealed class SlowHookTests : IDisposable
{
    private const string Hooks =
        "webhooks: [{name: quick, type: rollout, url: 'http://127.0.0.1/'}, "
        + "{name: slow, type: rollout, url: 'http://127.0.0.1/', timeout: 30m}]";

    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(100);

    private readonly TemporaryFolder _folder = new();
    private readonly FakeTimeProvider _time = new();
    private readonly List<int> _weights = [];
    private readonly EngineRig _rig;
    private readonly TaskCompletionSource<HookAnswer> _slow = new();
    private CanarySpec _spec = Read(Hooks);

    public SlowHookTests() =>
        _rig = new EngineRig(_folder.FullPath, new MemorySource(EngineSamples.Set(EngineSamples.Service("1"))), _time, weights: _weights);

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

    [Theory]
    [InlineData(Verb.Rollback, CanaryPhase.Failed)]
    [InlineData(Verb.Promote, CanaryPhase.Succeeded)]
    public async Task H_25_what_a_person_asks_for_is_carried_through_while_a_webhook_is_being_asked(Verb verb, CanaryPhase end)
    {
        await AskSlowHookAsync();

        await RoundAsync(new VerbRequest(verb, "ann"));

        await UntilAsync(() => _rig.Status.Phase == end);
        Assert.False(_slow.Task.IsCompleted);
    }

    [Fact]
    public async Task H_25_a_paused_canary_is_resumed_while_the_gate_before_its_run_is_being_asked()
    {
        _spec = Read("webhooks: [{name: slow, type: confirm-rollout, url: 'http://127.0.0.1/', timeout: 30m}]");
        await UntilAsync(() => _rig.Status.Phase == CanaryPhase.Initialized);
        await RoundAsync(new VerbRequest(Verb.Pause, "ann"));
        _rig.Ports.Slow["slow"] = _slow;
        _rig.Use(EngineSamples.Set(EngineSamples.Service("2")));
        await RoundAsync();

        var resumed = await RoundAsync(new VerbRequest(Verb.Resume, "ann"));
        Assert.Empty(resumed.Refusal);
        Assert.False(_rig.Status.Paused);
        await RoundAsync();
        _slow.SetResult(HookAnswer.Pass);

        await UntilAsync(() => _rig.Status.Phase == CanaryPhase.Succeeded);
        Assert.Equal(1, Calls("slow"));
    }

    // A run that cannot be recorded is tried again each second. Meanwhile a person may open the gate that rolls back.
    [Fact]
    public async Task Gates_are_asked_again_and_jobs_are_not_while_a_check_cannot_be_carried_out()
    {
        _spec = Read(
            "webhooks: [{name: back, type: rollback, url: 'http://127.0.0.1/'}, {name: job, type: rollout, url: 'http://127.0.0.1/'}]");
        var back = new TaskCompletionSource<HookAnswer>();
        back.SetResult(new HookAnswer(false, "no"));
        _rig.Ports.Slow["back"] = back;
        await UntilAsync(() => _rig.Status.Phase == CanaryPhase.Initialized);
        _rig.Use(EngineSamples.Set(EngineSamples.Service("2")));
        await UntilAsync(() => _rig.Status.CanaryWeight == 10);
        _rig.Crashing.IsAway = true;
        await UntilAsync(() => Calls("job") == 1);

        _rig.Ports.Slow.Remove("back");
        var opened = _time.GetUtcNow();
        await UntilAsync(() => _time.GetUtcNow() - opened > TimeSpan.FromSeconds(20));
        _rig.Crashing.IsAway = false;
        await UntilAsync(() => _rig.Status.Phase == CanaryPhase.Failed);

        Assert.Equal(Reasons.RolledBackByHand, _rig.Status.Reason);
        Assert.DoesNotContain(20, _weights);
        Assert.Equal(1, Calls("job"));
    }

    [Fact]
    public async Task H_08_a_target_that_cannot_be_read_for_a_moment_starts_no_job_anew()
    {
        await AskSlowHookAsync();

        _rig.Use(EngineSamples.Set());
        await RoundAsync();
        await RoundAsync();
        _rig.Use(EngineSamples.Set(EngineSamples.Service("2")));
        _slow.SetResult(HookAnswer.Pass);
        await UntilAsync(() => _rig.Status.CanaryWeight == 20);

        Assert.Equal(1, Calls("slow"));
    }

    [Fact]
    public async Task An_answer_that_comes_while_something_else_is_decided_counts_for_the_next_check()
    {
        await AskSlowHookAsync();

        _rig.Use(EngineSamples.Set(EngineSamples.Service("2", ready: "false")));
        await RoundAsync();
        _slow.SetResult(HookAnswer.Pass);
        await RoundAsync();
        Assert.Equal(10, _rig.Status.CanaryWeight);
        _rig.Use(EngineSamples.Set(EngineSamples.Service("2")));
        await UntilAsync(() => _rig.Status.CanaryWeight == 20);

        Assert.Equal(1, Calls("slow"));
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

    private static CanarySpec Read(string hooks) => EngineRig.Read(EngineSamples.Canary(analysis:
        "interval: 1m, threshold: 2, stepWeights: [10, 20, 50], "
        + $"metrics: [{{name: request-success-rate, interval: 1m, thresholdRange: {{min: 99}} }}], {hooks}"));

    private int Calls(string hook) => _rig.Ports.Told.Count(told => told == $"hook {hook}");

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
