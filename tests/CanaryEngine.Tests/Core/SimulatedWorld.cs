using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Core;

/// <summary>One decision of a <see cref="SimulatedWorld"/>, with what went into it.</summary>
internal sealed record Step(
    CanarySpec Spec, CanaryStatus Before, Facts Facts, Decision Decision, IReadOnlyList<Question> Asked)
{
    public DateTimeOffset At => Facts.Now;

    public CanaryStatus After => Decision.Status;

    public IEnumerable<string> Events => Decision.Notices.OfType<EventNotice>().Select(notice => notice.Text);

    public TrafficPlan? Traffic => Decision.Effects.OfType<SetTraffic>().LastOrDefault()?.Plan;
}

/// <summary>
/// Everything around the core, in memory and on a clock that jumps: answers what is asked, does what is decided, and keeps a record.
/// </summary>
internal sealed class SimulatedWorld
{
    private const int MaxAsks = 24;
    private const int MaxRounds = 24;
    private string _oldPrimary = string.Empty;

    public SimulatedWorld(CanarySpec spec, CanaryStatus? status = null)
    {
        Spec = spec;
        Status = status ?? CanaryStatus.Empty;
        if (Status.LastPromotedSpec.Length == 0)
        {
            return;
        }

        Primary.Take(Status.LastPromotedSpec, Now);
        if (Status.Run is { } run && Status.Phase != CanaryPhase.Waiting)
        {
            (Target, Traffic) = (run.Revision, CanaryEngine.Core.Traffic.Of(spec, Status));
            Canary.Take(run.Revision, Now);
        }
        else
        {
            Traffic = TrafficPlan.AllToPrimary;
        }
    }

    public CanarySpec Spec { get; set; }

    public CanaryStatus Status { get; set; }

    public DateTimeOffset Now { get; set; } = Canaries.Start;

    public DateTimeOffset WatchedSince { get; set; } = DateTimeOffset.MinValue;

    public string? Target { get; set; } = Canaries.Old;

    public SimulatedWorkload Primary { get; } = new();

    public SimulatedWorkload Canary { get; } = new();

    public TrafficPlan? Traffic { get; set; }

    public DateTimeOffset TrafficChangedAt { get; set; } = Canaries.Start;

    public VerbRequest? Verb { get; set; }

    public bool IsDeleted { get; set; }

    public int Proxies { get; set; } = 1;

    /// <summary>How many of them do not follow, whatever the delay.</summary>
    public int Laggards { get; set; }

    public TimeSpan AckDelay { get; set; }

    public string Rejection { get; set; } = string.Empty;

    public Func<AskHook, HookAnswer> Hooks { get; set; } = ask =>
        ask.Hook.Type == WebhookType.Rollback ? new HookAnswer(false, "no rollback") : HookAnswer.Pass;

    public Func<AskMetric, MetricAnswer> Metrics { get; set; } = _ => new MetricAnswer(100) { Samples = 1000 };

    public ProvidersAnswer Providers { get; set; } = new();

    public List<Step> Steps { get; } = [];

    public List<(DateTimeOffset At, AskHook Ask)> Calls { get; } = [];

    public DateTimeOffset? Due { get; private set; } = Canaries.Start;

    public Step Last => Steps[^1];

    public IEnumerable<Notice> Notices => Steps.SelectMany(step => step.Decision.Notices);

    public IEnumerable<string> Events => Steps.SelectMany(step => step.Events);

    public IEnumerable<string> Alerts => Notices.OfType<AlertNotice>().Select(alert => alert.Text);

    public IEnumerable<Effect> Effects => Steps.SelectMany(step => step.Decision.Effects);

    public IEnumerable<CanaryPhase> Phases => Distinct(Steps.Select(step => step.After.Phase));

    public IEnumerable<int> PrimaryWeights => Distinct(
        Steps.Where(step => step.Traffic is not null).Select(step => step.Traffic!.Primary));

    /// <summary>Phase and the canary's weight, each pair once while it lasts.</summary>
    public IEnumerable<string> Course => Distinct(
        Steps.Select(step => $"{step.After.Phase}/{step.After.CanaryWeight}"));

    /// <summary>Decides once, and does what was decided.</summary>
    public Step Decide()
    {
        var facts = Observe();
        var asked = new List<Question>();
        for (var asks = 0; asks <= MaxAsks; asks++)
        {
            switch (CanaryMachine.Decide(Spec, Status, facts))
            {
                case Decision decision:
                    var step = new Step(Spec, Status, facts, decision, asked);
                    Steps.Add(step);
                    Apply(decision);
                    return step;
                case Ask ask:
                    Assert.NotEmpty(ask.Questions);
                    foreach (var question in ask.Questions)
                    {
                        Assert.DoesNotContain(question, asked);
                        asked.Add(question);
                        facts = Answer(facts, question);
                    }

                    break;
            }
        }

        throw new InvalidOperationException($"no decision after {MaxAsks} asks at {Now}: {string.Join(", ", asked)}");
    }

    /// <summary>Decides at the present instant until nothing is left to do at it.</summary>
    public SimulatedWorld Settle()
    {
        for (var round = 0; round < MaxRounds; round++)
        {
            Decide();
            if (Due is not { } due || due > Now)
            {
                return this;
            }
        }

        throw new InvalidOperationException($"does not come to rest at {Now} in {Status.Phase}: {Status.Message}");
    }

    /// <summary>Lets time pass, deciding whenever a decision is due.</summary>
    public SimulatedWorld Run(TimeSpan span)
    {
        var end = Now + span;
        Settle();
        while (Due is { } due && due <= end)
        {
            Now = due;
            Settle();
        }

        Now = end;
        return this;
    }

    public SimulatedWorld Run(int seconds) => Run(TimeSpan.FromSeconds(seconds));

    /// <summary>Lets time pass until a phase is reached.</summary>
    public SimulatedWorld RunUntil(CanaryPhase phase, int seconds = 3600)
    {
        var (end, rounds) = (Now.AddSeconds(seconds), 0);
        while (Decide().After.Phase != phase)
        {
            Assert.True(Due is { } at && at <= end, $"{phase} is not reached: {Status.Phase}, {Status.Message}");
            rounds = Due > Now ? 0 : rounds + 1;
            Assert.InRange(rounds, 0, MaxRounds);
            Now = Due > Now ? Due.Value : Now;
        }

        return this;
    }

    /// <summary>Lets a person ask for something.</summary>
    public Step Do(Verb verb, string hook = "")
    {
        Verb = new VerbRequest(verb, "ada", hook);
        var step = Decide();
        Settle();
        return step;
    }

    public Facts Observe() => new()
    {
        Now = Now,
        WatchedSince = WatchedSince,
        IsDeleted = IsDeleted,
        Target = new TargetFact(Target, Target is null ? "service podinfo.test not found" : ""),
        Primary = Primary.Observe(Now),
        Canary = Canary.Observe(Now),
        Traffic = Traffic,
        Verb = Verb,
    };

    public Facts Answer(Facts facts, Question question) => question switch
    {
        AskHook hook => facts with { Hooks = facts.Hooks.Add(hook.Hook.Name, Call(hook)) },
        AskMetric { ForAbort: true } metric => facts with
        {
            AbortMetrics = facts.AbortMetrics.Add(metric.Check.Name, Metrics(metric)),
        },
        AskMetric metric => facts with { Metrics = facts.Metrics.Add(metric.Check.Name, Metrics(metric)) },
        AskConvergence => facts with { Convergence = Convergence() },
        _ => facts with { Providers = Providers },
    };

    private HookAnswer Call(AskHook ask)
    {
        Calls.Add((Now, ask));
        return Hooks(ask);
    }

    private ConvergenceFact Convergence()
    {
        var isReached = Rejection.Length == 0 && Now >= TrafficChangedAt + AckDelay;
        return isReached
            ? new ConvergenceFact(Proxies, Proxies - Laggards, [.. Enumerable.Range(1, Laggards).Select(number => $"envoy-{number}")])
            : new ConvergenceFact(Proxies, 0, ["envoy-1"], Rejection);
    }

    private void Apply(Decision decision)
    {
        foreach (var effect in decision.Effects)
        {
            Apply(effect);
        }

        (Status, Due, Verb) = (decision.Status, decision.Due, null);
    }

    private void Apply(Effect effect)
    {
        switch (effect)
        {
            case EnsurePrimary when !Primary.Exists:
                Primary.Take(Status.LastPromotedSpec.Length > 0 ? Status.LastPromotedSpec : Target!, Now);
                break;
            case StartCanary start:
                Canary.Take(start.Revision, Now);
                break;
            case SetTraffic set:
                (Traffic, TrafficChangedAt) = (set.Plan, Now);
                break;
            case CopyToPrimary copy:
                _oldPrimary = Primary.Revision;
                Primary.Take(copy.Revision, Now);
                break;
            case RestorePrimary:
                Primary.Take(_oldPrimary, Now);
                break;
            case StopCanary:
                Canary.IsRunning = false;
                break;
            case HandBack:
                Traffic = null;
                break;
        }
    }

    private static IEnumerable<T> Distinct<T>(IEnumerable<T> values)
    {
        var (isFirst, last) = (true, default(T));
        foreach (var value in values)
        {
            if (isFirst || !EqualityComparer<T>.Default.Equals(value, last))
            {
                yield return value;
            }

            (isFirst, last) = (false, value);
        }
    }
}
