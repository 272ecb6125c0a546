using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Tests.Core;

/// <summary>A world with a random valid spec in which random things happen; the seed tells which.</summary>
internal sealed class RandomWorld
{
    private static readonly WebhookType[] HookTypes =
    [
        WebhookType.ConfirmRollout, WebhookType.PreRollout, WebhookType.Rollout, WebhookType.ConfirmTrafficIncrease,
        WebhookType.ConfirmPromotion, WebhookType.Rollback,
    ];

    private readonly Random _random;
    private readonly HashSet<WebhookType> _failing = [WebhookType.Rollback];
    private MetricAnswer _answer = new(100) { Samples = 1000 };
    private readonly int _shortest;
    private readonly int _longest;
    private int _revisions = 1;

    /// <param name="seed">Tells what happens.</param>
    /// <param name="shortest">The least interval of the analysis, in seconds.</param>
    /// <param name="longest">The greatest.</param>
    public RandomWorld(int seed, int shortest = 1, int longest = 60)
    {
        (_random, _shortest, _longest) = (new Random(seed), shortest, longest);
        World = new SimulatedWorld(Spec())
        {
            Hooks = ask => new HookAnswer(!_failing.Contains(ask.Hook.Type), "no"),
            Metrics = _ => _answer,
        };
    }

    public SimulatedWorld World { get; }

    /// <summary>Lets a number of things happen, with time between them.</summary>
    public RandomWorld Play(int happenings)
    {
        World.Settle();
        for (var i = 0; i < happenings; i++)
        {
            Happen();
            World.Run(TimeSpan.FromMilliseconds(_random.Next(3) == 0 ? 0 : _random.Next(40_000)));
        }

        return this;
    }

    /// <summary>From now on everything is well.</summary>
    public RandomWorld Heal()
    {
        _failing.Clear();
        _failing.Add(WebhookType.Rollback);
        _answer = new MetricAnswer(100) { Samples = 1000 };
        (World.Primary.Forced, World.Canary.Forced) = (null, null);
        (World.Rejection, World.AckDelay, World.Proxies) = (string.Empty, TimeSpan.Zero, 2);
        World.Spec = World.Spec with { Suspend = false };
        World.Target ??= Canaries.Old;
        if (World.Status.Paused)
        {
            World.Do(Verb.Resume);
        }

        return this;
    }

    /// <summary>From now on nothing can be known.</summary>
    public RandomWorld Darken()
    {
        foreach (var type in HookTypes)
        {
            _failing.Add(type);
        }

        _answer = new MetricAnswer(null, InconclusiveKind.Outage, "connection refused");
        return this;
    }

    private CanarySpec Spec()
    {
        var analysis = _random.Next(6) switch
        {
            0 => Canaries.BlueGreen(_random.Next(1, 5), mirror: Likely(30)),
            1 => Canaries.AbTest(_random.Next(1, 5)),
            2 => Canaries.StepWeights([.. Enumerable.Range(0, _random.Next(1, 5)).Select(_ => _random.Next(1, 120)).Distinct().Order()]),
            _ => Canaries.Analysis(_random.Next(1, 101), _random.Next(1, 101)) with { Mirror = Likely(20) },
        };
        return Canaries.Spec(analysis with
        {
            Threshold = _random.Next(1, 6),
            Interval = Interval(),
            StepWeightPromotion = Likely(40) ? _random.Next(1, 101) : 0,
            Webhooks = HookTypes.Where(_ => Likely(35)).Select(type => Canaries.Hook(type)).ToEquatableArray(),
            SessionAffinity = Likely(20) ? new SessionAffinitySpec { CookieName = "c" } : null,
            Abort = new AbortSpec { Disabled = Likely(40) },
            Convergence = new ConvergenceSpec { Percent = Likely(10) ? 0 : 100 },
            GateDeadline = Likely(20) ? TimeSpan.FromSeconds(_random.Next(1, 300)) : null,
        }) with
        {
            Provider = Likely(10) ? "kubernetes" : string.Empty,
            SkipAnalysis = Likely(8),
            ProgressDeadline = TimeSpan.FromSeconds(_random.Next(10, 600)),
        };
    }

    private TimeSpan Interval() => TimeSpan.FromSeconds(_random.Next(_shortest, _longest + 1));

    private bool Likely(int percent) => _random.Next(100) < percent;

    /// <summary>Lets one thing happen; what follows from it is not decided yet.</summary>
    public void Happen()
    {
        switch (_random.Next(16))
        {
            case 0 or 1 or 2:
                World.Target = $"rev-{++_revisions}";
                break;
            case 3:
                World.Target = Likely(60) ? Canaries.Old : null;
                break;
            case 4:
                _answer = _random.Next(4) switch
                {
                    0 => new MetricAnswer(10) { Samples = _random.Next(100) },
                    1 => new MetricAnswer(null, (InconclusiveKind)_random.Next(3), "none"),
                    _ => new MetricAnswer(100) { Samples = 50 },
                };
                break;
            case 5:
                Toggle(HookTypes[_random.Next(HookTypes.Length)]);
                break;
            case 6:
                World.Canary.Forced = Likely(50) ? null : (Readiness)_random.Next(3);
                break;
            case 7:
                World.Primary.Forced = Likely(60) ? null : (Readiness)_random.Next(3);
                break;
            case 8:
                World.Rejection = Likely(50) ? string.Empty : "envoy-1: no such cluster";
                World.AckDelay = TimeSpan.FromMilliseconds(Likely(50) ? 0 : _random.Next(60_000));
                World.Proxies = _random.Next(3);
                break;
            case 9:
                World.Traffic = Likely(30) ? new TrafficPlan(70, 30) : Likely(50) ? null : TrafficPlan.AllToPrimary;
                break;
            case 10 or 11:
                World.Verb = new VerbRequest((Verb)_random.Next(6), "ada");
                break;
            case 12:
                Edit();
                break;
            case 13:
                World.Canary.Delay = World.Primary.Delay = TimeSpan.FromSeconds(_random.Next(20));
                break;
            default:
                Heal();
                break;
        }
    }

    private void Toggle(WebhookType type)
    {
        if (!_failing.Remove(type))
        {
            _failing.Add(type);
        }
    }

    private void Edit()
    {
        var analysis = World.Spec.Analysis;
        World.Spec = _random.Next(4) switch
        {
            0 => World.Spec with { Suspend = !World.Spec.Suspend },
            1 => World.Spec with { Analysis = analysis with { Threshold = _random.Next(1, 6) } },
            2 => World.Spec with { Analysis = analysis with { Interval = Interval() } },
            _ => World.Spec with { Analysis = analysis with { StepWeight = _random.Next(1, 101), StepWeights = [] } },
        };
        World.Spec = World.Spec with { Generation = World.Spec.Generation + 1 };
    }
}
