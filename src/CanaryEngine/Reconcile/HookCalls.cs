using System.Collections.Concurrent;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Webhooks;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Reconcile;

/// <summary>
/// Calls webhooks beside the rounds of their canaries. A receiver that takes its time, for hours with <c>async</c>, keeps its canary
/// from its next check, but neither from being taken back nor from what a person asks for, and no other canary from anything. What
/// was answered counts until the check is decided, so that nobody is asked twice for one. Thread-safe for different canaries.
/// </summary>
/// <param name="webhooks">Calls.</param>
/// <param name="time">The clock.</param>
internal sealed class HookCalls(IWebhookClient webhooks, TimeProvider time)
{
    // Most receivers have answered by then, and the round goes on with what they say.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<NamespacedName, Check> _checks = new();

    /// <summary>Drops all calls.</summary>
    public void Clear()
    {
        foreach (var key in _checks.Keys)
        {
            Drop(key);
        }
    }

    /// <summary>Tells whether a canary's check waits for an answer; drops calls that are for another check than its next one.</summary>
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

        return check.Calls.Values.Any(call => !call.IsCompleted);
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
            call = check.Calls[hook.Name] = webhooks.CallAsync(hook, payload, check.End.Token).AsTask();
        }

        if (!call.IsCompleted && await Task.WhenAny(call, Task.Delay(Patience, time, cancellationToken)) != call)
        {
            cancellationToken.ThrowIfCancellationRequested();
            return null;
        }

        if (!call.IsCompletedSuccessfully)
        {
            check.Calls.Remove(hook.Name);
        }

        return await call;
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

    private sealed record Check(About Of, CancellationTokenSource End)
    {
        public Dictionary<string, Task<HookAnswer>> Calls { get; } = new(StringComparer.Ordinal);
    }

    // An answer is for the revision, the run and the words of the Canary that it was asked for.
    private sealed record About(long Generation, string? Target, string Applied, string? Revision, DateTimeOffset? StartedAt)
    {
        public static About Check(CanarySpec spec, CanaryStatus status, TargetFact target) => new(
            spec.Generation, target.Revision, status.LastAppliedSpec, status.Run?.Revision, status.Run?.StartedAt);
    }
}
