using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.CanaryEngine.Webhooks;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Reconcile;

/// <summary>
/// Tells people, after the decision was recorded and without holding the next one up: the notices of one canary go out one after
/// another, those of different canaries side by side. Thread-safe.
/// </summary>
/// <param name="alerts">Takes alerts.</param>
/// <param name="events">Tells event webhooks.</param>
/// <param name="webhooks">Calls post-rollout hooks.</param>
/// <param name="store">Keeps the events that post-rollout hooks lead to.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class NoticeRunner(
    IAlertSink alerts,
    EventWebhooks events,
    IWebhookClient webhooks,
    ICanaryEventLog store,
    TimeProvider time,
    ILogger<NoticeRunner> logger)
{
    private readonly ConcurrentDictionary<NamespacedName, Task> _last = new();
    private readonly ConcurrentDictionary<NamespacedName, string> _troubles = new();

    /// <summary>Hands notices over.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="status">Its status after the decision.</param>
    /// <param name="notices">Whom to tell what.</param>
    public void Send(CanarySpec spec, CanaryStatus status, EquatableArray<Notice> notices)
    {
        if (notices.Count > 0)
        {
            _last.AddOrUpdate(spec.Key, _ => TellAsync(spec, status, notices, Task.CompletedTask), (_, before) =>
                TellAsync(spec, status, notices, before));
        }
    }

    /// <summary>Says as an event why what was decided could not be done, once for as long as the reason stays the same.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="status">Its status.</param>
    /// <param name="trouble">The reason; empty when all could be done.</param>
    public ValueTask ComplainAsync(CanarySpec spec, CanaryStatus status, string trouble)
    {
        var isKnown = _troubles.TryGetValue(spec.Key, out var known) && known == trouble;
        if (trouble.Length == 0)
        {
            _troubles.TryRemove(spec.Key, out _);
        }
        else
        {
            _troubles[spec.Key] = trouble;
        }

        return isKnown || trouble.Length == 0 ? ValueTask.CompletedTask : KeepAsync(spec, new EventNotice(true, trouble, status.Phase));
    }

    /// <summary>
    /// The events that are kept together with the status. Those that follow post-rollout hooks are kept when they are told, so that
    /// the hooks' own events stand before them.
    /// </summary>
    /// <param name="spec">The canary.</param>
    /// <param name="notices">The notices.</param>
    public static IEnumerable<EventNotice> ToldAtOnce(CanarySpec spec, EquatableArray<Notice> notices) =>
        spec.Analysis.HooksOf(WebhookType.PostRollout).Any()
            ? notices.TakeWhile(notice => notice is not PostRolloutNotice).OfType<EventNotice>()
            : notices.OfType<EventNotice>();

    /// <summary>Waits until everything handed over so far was told, receivers outside included.</summary>
    /// <param name="cancellationToken">Ends the wait.</param>
    public async Task DrainAsync(CancellationToken cancellationToken)
    {
        await Task.WhenAll(_last.Values).WaitAsync(cancellationToken);
        await Task.WhenAll(events.WhenIdleAsync(cancellationToken), alerts.WhenIdleAsync(cancellationToken));
    }

    private async Task TellAsync(CanarySpec spec, CanaryStatus status, EquatableArray<Notice> notices, Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        var kept = ToldAtOnce(spec, notices).ToHashSet();
        foreach (var notice in notices)
        {
            try
            {
                if (notice is EventNotice late && !kept.Contains(late))
                {
                    await KeepAsync(spec, late);
                }

                await TellAsync(spec, status, notice);
            }
            catch (Exception exception) when (exception is not OutOfMemoryException)
            {
                logger.NoticeFailed(exception, spec.Key);
            }
        }
    }

    private async ValueTask TellAsync(CanarySpec spec, CanaryStatus status, Notice notice)
    {
        switch (notice)
        {
            case EventNotice told:
                Publish(spec, status, told);
                break;
            case AlertNotice alert:
                alerts.Send(spec, alert);
                break;
            case PostRolloutNotice post:
                await CallPostRolloutAsync(spec, status, post);
                break;
        }
    }

    private void Publish(CanarySpec spec, CanaryStatus status, EventNotice told)
    {
        using var scope = logger.BeginScope(new Dictionary<string, object> { ["canary"] = Texts.Name(spec) });
        if (told.IsWarning)
        {
            logger.CanaryWarning(told.Text);
        }
        else
        {
            logger.CanaryEvent(told.Text);
        }

        events.Send(spec, Checksum.Of(status.LastAppliedSpec), told);
    }

    private async Task CallPostRolloutAsync(CanarySpec spec, CanaryStatus status, PostRolloutNotice post)
    {
        foreach (var hook in spec.Analysis.HooksOf(WebhookType.PostRollout))
        {
            var payload = new WebhookPayload(spec.Key, post.Phase, Checksum.Of(status.LastAppliedSpec), hook.Metadata);
            var answer = await webhooks.CallAsync(hook, payload, CancellationToken.None);
            var notice = answer.Passed
                ? new EventNotice(false, Texts.HookPassed(hook.Type, hook.Name), post.Phase)
                : new EventNotice(true, $"Post-rollout hook {hook.Name} failed {answer.Error}", post.Phase);
            await KeepAsync(spec, notice);
            Publish(spec, status, notice);
            if (!answer.Passed)
            {
                return;
            }
        }
    }

    private ValueTask KeepAsync(CanarySpec spec, EventNotice notice)
    {
        var now = time.GetUtcNow();
        return store.AppendAsync(spec.Key, new CanaryEvent(now, now, 1, notice.IsWarning, notice.Text, notice.Phase));
    }
}
