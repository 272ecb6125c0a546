using System.Diagnostics;
using Microsoft.Extensions.Logging;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Observability;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.CanaryEngine.Reconcile;

/// <summary>What a round came to.</summary>
/// <param name="Status">The status after it.</param>
/// <param name="Due">When the next one is due; null for when something changes.</param>
/// <param name="Refusal">Why a verb was refused; empty when it was not.</param>
internal sealed record RoundResult(CanaryStatus Status, DateTimeOffset? Due, string Refusal);

/// <summary>
/// One round for one canary: observe, decide, do, record, tell. The traffic is directed before anything is recorded; a process
/// that dies in between decides anew from the record. Thread-safe for different canaries.
/// </summary>
/// <param name="gatherer">Observes.</param>
/// <param name="effects">Does.</param>
/// <param name="store">Records.</param>
/// <param name="notices">Tells.</param>
/// <param name="metrics">Counts.</param>
/// <param name="time">The clock.</param>
/// <param name="logger">The log.</param>
internal sealed class CanaryReconciler(
    FactGatherer gatherer,
    EffectRunner effects,
    ICanaryStore store,
    NoticeRunner notices,
    CanaryMetrics metrics,
    TimeProvider time,
    ILogger<CanaryReconciler> logger)
{
    // More questions than any decision has: one that goes on asking is a fault of ours.
    private const int MaxAsks = 200;

    private static readonly TimeSpan EffectRetry = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan HookLook = TimeSpan.FromMilliseconds(500);

    /// <summary>Says that canaries are looked after from now on.</summary>
    public void Begin() => gatherer.Begin();

    /// <summary>Makes a round.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="verb">What a person asks for; null for nothing.</param>
    /// <param name="isDeleted">The canary is being deleted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<RoundResult> ReconcileAsync(
        CanarySpec spec, VerbRequest? verb, bool isDeleted, CancellationToken cancellationToken)
    {
        var started = time.GetTimestamp();
        var status = store.StatusOf(spec.Key);
        var facts = await gatherer.ObserveAsync(spec, status, verb, isDeleted, cancellationToken);
        for (var asks = 0; asks < MaxAsks; asks++)
        {
            switch (CanaryMachine.Decide(spec, status, facts))
            {
                case Ask ask:
                    facts = await gatherer.AnswerAsync(spec, status, facts, ask, cancellationToken);
                    break;
                case Decision decision:
                    var result = await CarryOutAsync(spec, status, facts, decision, cancellationToken);
                    metrics.Decided(spec, status, result.Status, decision, time.GetElapsedTime(started));
                    return result;
            }
        }

        throw new UnreachableException($"The decision about canary {spec.Key} asks without end.");
    }

    private async Task<RoundResult> CarryOutAsync(
        CanarySpec spec, CanaryStatus before, Facts facts, Decision decision, CancellationToken cancellationToken)
    {
        try
        {
            await effects.RunAsync(spec, decision.Effects, cancellationToken);
            await notices.ComplainAsync(spec, before, string.Empty);
        }
        catch (WorkloadException exception)
        {
            logger.EffectFailed(spec.Key, string.Join(", ", decision.Effects.Select(effect => effect.GetType().Name)), exception.Message);
            await notices.ComplainAsync(spec, before, exception.Message);
            return new RoundResult(before, facts.Now + EffectRetry, exception.Message);
        }

        var events = NoticeRunner.ToldAtOnce(spec, decision.Notices)
            .Select(told => new CanaryEvent(facts.Now, facts.Now, 1, told.IsWarning, told.Text, told.Phase))
            .ToList();
        if (!facts.IsDeleted && (decision.Status != before || events.Count > 0))
        {
            var isLasting = decision.Effects.Count > 0 || events.Count > 0 || decision.Status.Durable != before.Durable;
            await store.SaveAsync(spec, decision.Status, events, isLasting, cancellationToken);
        }

        notices.Send(spec, decision.Status, decision.Notices);
        if (!facts.AwaitsHook || facts.IsDeleted)
        {
            // A look between two checks is about something else than what was answered for the next one.
            if (facts.Hooks.Count > 0 || facts.IsDeleted)
            {
                gatherer.Settle(spec.Key);
            }

            return new RoundResult(decision.Status, decision.Due, decision.Refusal);
        }

        var look = facts.Now + HookLook;
        var due = decision.Due is { } next && !(next > facts.Now && next < look) ? look : decision.Due;
        return new RoundResult(decision.Status, due, decision.Refusal);
    }
}
