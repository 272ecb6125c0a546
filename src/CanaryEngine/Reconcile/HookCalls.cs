using System.Collections.Concurrent;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Webhooks;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Reconcile;

/// <summary>
/// Calls webhooks beside the rounds of their canaries. A receiver that takes its time, for hours with <c>async</c>, keeps its canary
/// from its next check, but neither from being taken back nor from what a person asks for, and no other canary from anything. What
/// was answered counts until the check is decided, so that no job is done twice for one; but what a person may change his mind about,
/// a gate, is asked again rather than taken for what it was a while ago. Thread-safe for different canaries.
/// </summary>
/// <param name="webhooks">Calls.</param>
/// <param name="time">The clock.</param>
internal sealed class HookCalls(IWebhookClient webhooks, TimeProvider time)
{
    // Most receivers have answered by then, and the round goes on with what they say.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    // A check that cannot be decided, for nothing can be done while the API server is away, is tried again each second.
    private static readonly TimeSpan GateAge = TimeSpan.FromSeconds(10);

    private const int JobAgeInIntervals = 2;

    private readonly ConcurrentDictionary<NamespacedName, Check> _checks = new();

    /// <summary>Drops all calls.</summary>
    public void Clear()
    {
        foreach (var key in _checks.Keys)
        {
            Drop(key);
        }
    }

    /// <summary>
    /// Tells whether a canary's check waits for an answer; drops calls that are for another check than its next one, and answers that
    /// are too old to decide it.
    /// </summary>
    /// <param name="spec">The canary.</param>
    /// <param name="status">What is remembered of it.</param>
    /// <param name="target">What its target is.</param>
    public bool IsAwaited(CanarySpec spec, CanaryStatus status, TargetFact target)
    {
        if (!_checks.TryGetValue(spec.Key, out var check))
        {
            return false;
        }

        if (check.Of != About.Check(spec, status, target))
        {
            Drop(spec.Key);
            return false;
        }

        return check.Forget(time.GetUtcNow(), JobAgeInIntervals * spec.Analysis.Interval);
    }

    /// <summary>Asks a webhook, or looks whether it has answered.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="status">What is remembered of it.</param>
    /// <param name="target">What its target is.</param>
    /// <param name="question">The question.</param>
    /// <param name="cancellationToken">Ends the call, too, whenever it comes.</param>
    /// <returns>The answer; null when there is none yet.</returns>
    public async ValueTask<HookAnswer?> AskAsync(
        CanarySpec spec, CanaryStatus status, TargetFact target, AskHook question, CancellationToken cancellationToken)
    {
        var about = About.Check(spec, status, target);
        if (!_checks.TryGetValue(spec.Key, out var check) || check.Of != about)
        {
            Drop(spec.Key);
            check = _checks[spec.Key] = new Check(about, CancellationTokenSource.CreateLinkedTokenSource(cancellationToken));
        }

        var hook = question.Hook;
        if (!check.Calls.TryGetValue(hook.Name, out var call))
        {
            var payload = new WebhookPayload(spec.Key, question.Phase, Checksum.Of(status.LastAppliedSpec), hook.Metadata);
            var isGate = hook.Type is not (WebhookType.Rollout or WebhookType.PreRollout);
            call = check.Calls[hook.Name] = new Call(webhooks.CallAsync(hook, payload, check.End.Token).AsTask(), isGate);
        }

        var answer = call.Answer;
        if (!answer.IsCompleted && await Task.WhenAny(answer, Task.Delay(Patience, time, cancellationToken)) != answer)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }

        call.AnsweredAt ??= time.GetUtcNow();
        if (!answer.IsCompletedSuccessfully)
        {
            check.Calls.Remove(hook.Name);
        }

        return await answer;
    }

    /// <summary>Drops a canary's calls and answers: its check is decided.</summary>
    /// <param name="key">The canary.</param>
    public void Drop(NamespacedName key)
    {
        if (_checks.TryRemove(key, out var check))
        {
            check.End.Cancel();
            check.End.Dispose();
        }
    }

    private sealed class Call(Task<HookAnswer> answer, bool isGate)
    {
        public Task<HookAnswer> Answer { get; } = answer;

        public bool IsGate { get; } = isGate;

        public DateTimeOffset? AnsweredAt { get; set; }
    }

    private sealed record Check(About Of, CancellationTokenSource End)
    {
        public Dictionary<string, Call> Calls { get; } = new(StringComparer.Ordinal);

        // While an answer is waited for, none before it grows old: the check goes on when it is there. Then a gate is as old as it is,
        // and jobs are as old as what was answered last, or two that take long would wait for each other for ever. True while there
        // is something to wait for.
        public bool Forget(DateTimeOffset now, TimeSpan jobAge)
        {
            foreach (var call in Calls.Values.Where(call => call.Answer.IsCompleted))
            {
                call.AnsweredAt ??= now;
            }

            if (Calls.Values.Any(call => call.AnsweredAt is null))
            {
                return true;
            }

            var areJobsOld = now - Calls.Values.Max(call => call.AnsweredAt) > jobAge;
            foreach (var (name, call) in Calls.ToList())
            {
                if (areJobsOld || (call.IsGate && now - call.AnsweredAt > GateAge))
                {
                    Calls.Remove(name);
                }
            }

            return false;
        }
    }

    // An answer is for the revision, the run, its stage and the words of the Canary that it was asked for. A target that cannot be read
    // for a moment is no other revision.
    private sealed record About(
        long Generation, string? Target, string Applied, string? Revision, DateTimeOffset? StartedAt, bool IsAnalysing)
    {
        public static About Check(CanarySpec spec, CanaryStatus status, TargetFact target) => new(
            spec.Generation,
            target.Revision ?? status.Run?.Revision,
            status.LastAppliedSpec,
            status.Run?.Revision,
            status.Run?.StartedAt,
            status.Phase.IsAnalysing());
    }
}
