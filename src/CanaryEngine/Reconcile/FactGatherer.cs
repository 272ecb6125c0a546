using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Reconcile;

/// <summary>
/// Observes what a decision needs: the cheap facts always, the others when the decision asks. Questions of one kind are asked in
/// parallel, each with its own limit. Thread-safe.
/// </summary>
/// <param name="workloads">The workloads.</param>
/// <param name="router">The traffic.</param>
/// <param name="metrics">The metrics.</param>
/// <param name="webhooks">The webhooks.</param>
/// <param name="proxies">The proxies.</param>
/// <param name="time">The clock.</param>
internal sealed class FactGatherer(
    IWorkloads workloads,
    ITrafficRouter router,
    IMetricsProvider metrics,
    IWebhookClient webhooks,
    IConvergenceProbe proxies,
    TimeProvider time)
{
    private readonly HookCalls _hooks = new(webhooks, time);
    private long _watchedSince = DateTimeOffset.MinValue.UtcTicks;

    /// <summary>Says that canaries are looked after from now on.</summary>
    public void Begin()
    {
        _hooks.Clear();
        Volatile.Write(ref _watchedSince, time.GetUtcNow().UtcTicks);
    }

    /// <summary>Says that what webhooks answered was decided upon.</summary>
    /// <param name="key">The canary.</param>
    public void Settle(NamespacedName key) => _hooks.Drop(key);

    /// <summary>Observes what every decision needs.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="status">What is remembered of it.</param>
    /// <param name="verb">What a person asks for; null for nothing.</param>
    /// <param name="isDeleted">The canary is being deleted.</param>
    /// <param name="cancellationToken">Ends it.</param>
    public async Task<Facts> ObserveAsync(
        CanarySpec spec, CanaryStatus status, VerbRequest? verb, bool isDeleted, CancellationToken cancellationToken)
    {
        if (status.Phase.IsRunning())
        {
            // Rates need a sample from before the first request.
            metrics.Watch(spec);
        }

        var observed = await workloads.ObserveAsync(spec, status, cancellationToken);
        return new Facts
        {
            Now = time.GetUtcNow(),
            WatchedSince = new DateTimeOffset(Volatile.Read(ref _watchedSince), TimeSpan.Zero),
            IsDeleted = isDeleted,
            Target = observed.Target,
            Primary = observed.Primary,
            Canary = observed.Canary,
            Traffic = await router.ReadAsync(spec, cancellationToken),
            Verb = verb,
            AwaitsHook = _hooks.IsAwaited(spec, status, observed.Target),
        };
    }

    /// <summary>Answers questions.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="status">What is remembered of it.</param>
    /// <param name="facts">The facts so far.</param>
    /// <param name="ask">The questions.</param>
    /// <param name="cancellationToken">Ends it.</param>
    /// <returns>The facts with the answers.</returns>
    public async Task<Facts> AnswerAsync(
        CanarySpec spec, CanaryStatus status, Facts facts, Ask ask, CancellationToken cancellationToken)
    {
        var answers = await Task.WhenAll(
            ask.Questions.Select(question => AnswerAsync(spec, status, facts.Target, question, cancellationToken)));
        return answers.Aggregate(facts, (known, add) => add(known));
    }

    private async Task<Func<Facts, Facts>> AnswerAsync(
        CanarySpec spec, CanaryStatus status, TargetFact target, Question question, CancellationToken cancellationToken)
    {
        switch (question)
        {
            case AskHook hook:
                var answer = await _hooks.AskAsync(spec, status, target, hook, cancellationToken);
                return facts => answer is null
                    ? facts with { AwaitsHook = true }
                    : facts with { Hooks = facts.Hooks.SetItem(hook.Hook.Name, answer) };
            case AskMetric metric:
                var value = await metrics.QueryAsync(spec, metric, cancellationToken);
                return facts => metric.ForAbort
                    ? facts with { AbortMetrics = facts.AbortMetrics.SetItem(metric.Check.Name, value) }
                    : facts with { Metrics = facts.Metrics.SetItem(metric.Check.Name, value) };
            case AskProviders:
                var providers = await metrics.ProbeAsync(spec, cancellationToken);
                return facts => facts with { Providers = providers };
            case AskConvergence:
                var convergence = await DescribeAsync(spec, await router.ReadAsync(spec, cancellationToken), cancellationToken);
                return facts => facts with { Convergence = convergence };
            default:
                throw new InvalidOperationException($"No answer to {question.GetType().Name} is known.");
        }
    }

    private async ValueTask<ConvergenceFact> DescribeAsync(
        CanarySpec spec, TrafficPlan? plan, CancellationToken cancellationToken)
    {
        // Asked in this order, a snapshot that is published in between counts against us, never for us.
        var isPublished = router.IsPublished(spec);
        var seen = await proxies.DescribeFleetAsync(spec.Apex, spec.Analysis.Convergence.Timeout, cancellationToken);
        var rejection = seen.Lagging.FirstOrDefault(proxy => proxy.Rejection is not null);
        if (isPublished && plan is not null && !IsWanted(spec, plan, seen))
        {
            return new ConvergenceFact(
                seen.Proxies, 0, [], $"the control plane: {spec.Apex} is directed by another TrafficSplit", isPublished);
        }

        return new ConvergenceFact(
            seen.Proxies,
            seen.Converged,
            seen.Lagging.Select(proxy => proxy.Node).ToEquatableArray(),
            rejection is null ? string.Empty : $"{rejection.Node}: {rejection.Rejection}",
            isPublished);
    }

    // Two TrafficSplits of one service: the other one may have won.
    private static bool IsWanted(CanarySpec spec, TrafficPlan plan, ServiceConvergence seen)
    {
        var total = seen.Wanted.Sum(backend => (long)backend.Weight);
        var canary = seen.Wanted.Where(backend => backend.Backend == spec.Canary.Name).Sum(backend => (long)backend.Weight);
        return seen.Proxies == 0 || !seen.IsKnown || (total > 0 && canary * 100 == plan.Canary * total);
    }
}
