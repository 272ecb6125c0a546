namespace XdsCanary.CanaryEngine.Core.Phases;

/// <summary>The checks of one interval, and what their failure means.</summary>
internal static class Checks
{
    /// <summary>Counts a failed check; the one that reaches the threshold rolls back at once.</summary>
    /// <param name="round">The decision being made; a run is under way.</param>
    /// <param name="reason">Why, one of <see cref="Reasons"/>.</param>
    /// <param name="text">Why, as the event says it.</param>
    /// <param name="due">When to look again; null for the next interval.</param>
    public static Decision Fail(Round round, string reason, string text, DateTimeOffset? due = null)
    {
        round.Warn(text);
        round.Status = round.Status with { FailedChecks = round.Status.FailedChecks + 1 };
        round.NextTick();
        return round.Status.FailedChecks >= round.Spec.Analysis.Threshold
            ? Rollbacks.OverThreshold(round)
            : round.Hold(reason, text, due ?? round.Status.NextCheck);
    }

    /// <summary>Calls the hooks that come before the first step. Each is called until it passes, and then never again.</summary>
    /// <returns>The outcome; null when all have passed.</returns>
    public static Outcome? BeforeFirstStep(Round round)
    {
        if (!round.Run.Begun)
        {
            round.Event($"Starting canary analysis for {Texts.Target(round.Spec)}");
            round.Run = round.Run with { Begun = true };
        }

        foreach (var hook in round.Spec.Analysis.HooksOf(WebhookType.PreRollout))
        {
            if (round.Run.PassedHooks.Contains(hook.Name))
            {
                continue;
            }

            if (!round.Facts.Hooks.TryGetValue(hook.Name, out var answer))
            {
                return new Ask([new AskHook(hook, CanaryPhase.Progressing)]);
            }

            if (!answer.Passed)
            {
                return Fail(
                    round,
                    Reasons.HookFailed,
                    $"Halt {Texts.Name(round.Spec)} advancement pre-rollout check {hook.Name} failed {answer.Error}");
            }

            round.Event(Texts.HookPassed(hook.Type, hook.Name));
            round.Run = round.Run with { PassedHooks = round.Run.PassedHooks.Append(hook.Name).ToEquatableArray() };
        }

        return null;
    }

    /// <summary>Calls the rollout hooks and judges the metrics.</summary>
    /// <returns>The outcome; null when everything passed.</returns>
    public static Outcome? Analyse(Round round)
    {
        foreach (var hook in round.Spec.Analysis.HooksOf(WebhookType.Rollout))
        {
            if (!round.Facts.Hooks.TryGetValue(hook.Name, out var answer))
            {
                return new Ask([new AskHook(hook, CanaryPhase.Progressing)]);
            }

            if (!answer.Passed)
            {
                return Fail(
                    round,
                    Reasons.HookFailed,
                    $"Halt {Texts.Name(round.Spec)} advancement external check {hook.Name} failed {answer.Error}");
            }
        }

        return JudgeMetrics(round);
    }

    private static Outcome? JudgeMetrics(Round round)
    {
        var metrics = round.Spec.Analysis.Metrics;
        var missing = metrics.Where(check => !round.Facts.Metrics.ContainsKey(check.Name)).ToList();
        if (missing.Count > 0)
        {
            return new Ask(missing.Select(Question (check) => new AskMetric(check, check.Interval, false)).ToEquatableArray());
        }

        // Flagger's order: what needs no template first. A failure counts before what is merely unknown.
        var results = metrics.OrderBy(check => check.Source == MetricSource.Template)
            .Select(check => MetricJudge.Judge(check, round.Facts.Metrics[check.Name], round.Spec, round.Now))
            .ToEquatableArray();
        round.Status = round.Status with { Checks = results };
        if (results.FirstOrDefault(result => result.Verdict == Verdict.Fail) is { } failed)
        {
            round.Run = round.Run with { Inconclusive = null, InconclusiveChecks = 0 };
            return Fail(round, Reasons.CheckFailed, failed.Message);
        }

        if (results.FirstOrDefault(result => result.Verdict == Verdict.Inconclusive) is { } unknown)
        {
            return NoVerdict(round, unknown);
        }

        round.Run = round.Run with { Inconclusive = null, InconclusiveChecks = 0 };
        return null;
    }

    private static InconclusiveKind KindOf(Round round, CheckResult unknown)
    {
        var check = round.Spec.Analysis.Metrics.First(metric => metric.Name == unknown.Metric);
        return MetricJudge.MissingOf(check, round.Facts.Metrics[check.Name]) ?? InconclusiveKind.NoTraffic;
    }

    // Not knowing is not failing (H-15): the step is observed again, as often as the limit of its kind allows.
    private static Decision NoVerdict(Round round, CheckResult unknown)
    {
        var kind = KindOf(round, unknown);
        var count = round.Run.Inconclusive == kind ? round.Run.InconclusiveChecks + 1 : 1;
        round.Run = round.Run with { Inconclusive = kind, InconclusiveChecks = count };
        round.Warn(unknown.Message);
        round.NextTick();
        var reason = kind switch
        {
            InconclusiveKind.NoTraffic => Reasons.NoTraffic,
            InconclusiveKind.Outage => Reasons.ProviderOutage,
            _ => Reasons.BadQuery,
        };
        if (count < round.Spec.Analysis.Inconclusive.Of(kind))
        {
            return round.Hold(reason, unknown.Message, round.Status.NextCheck);
        }

        var text = $"inconclusive checks limit reached {count}: {unknown.Message}";
        return Rollbacks.RollBack(round, reason, $"Rolling back {Texts.Name(round.Spec)} {text}", $"Rolled back: {text}");
    }
}
