namespace XdsCanary.CanaryEngine.Core;

/// <summary>
/// One decision while it is made: what it comes to so far. Lives for one call of <see cref="CanaryMachine.Decide"/>, whose
/// outcome depends on nothing else. Not thread-safe.
/// </summary>
/// <param name="spec">What is wanted.</param>
/// <param name="status">What was remembered.</param>
/// <param name="facts">What is observed.</param>
internal sealed class Round(CanarySpec spec, CanaryStatus status, Facts facts)
{
    private readonly CanaryStatus _before = status;

    /// <summary>How soon to look again at what changes in milliseconds.</summary>
    public static readonly TimeSpan Soon = TimeSpan.FromMilliseconds(100);

    private readonly List<Effect> _effects = [];
    private readonly List<Notice> _notices = [];

    /// <summary>What is wanted.</summary>
    public CanarySpec Spec { get; } = spec;

    /// <summary>What is observed.</summary>
    public Facts Facts { get; } = facts;

    /// <summary>What will be remembered.</summary>
    public CanaryStatus Status { get; set; } = status;

    /// <summary>Why a verb was refused; empty when it was not.</summary>
    public string Refusal { get; set; } = string.Empty;

    /// <summary>The time of the decision.</summary>
    public DateTimeOffset Now => Facts.Now;

    /// <summary>The run under way.</summary>
    public RunStatus Run
    {
        get => Status.Run!;
        set => Status = Status with { Run = value };
    }

    /// <summary>True when it is time for what happens once per interval, and nobody is still being asked for it.</summary>
    public bool IsTick => !Facts.AwaitsHook && (Status.NextCheck is not { } next || Now >= next);

    /// <summary>Does something, after what was done before.</summary>
    public void Do(Effect effect) => _effects.Add(effect);

    /// <summary>Directs the traffic, unless it goes there already.</summary>
    public void Direct(TrafficPlan plan)
    {
        var wanted = new SetTraffic(plan);
        _effects.RemoveAll(effect => effect is SetTraffic && (effect != wanted || plan == Facts.Traffic));
        if (plan != Facts.Traffic && !_effects.Contains(wanted))
        {
            Do(wanted);
        }
    }

    /// <summary>True when this round directs the traffic anew: what the proxies say is of how it was before.</summary>
    public bool IsDirected => _effects.Any(effect => effect is SetTraffic);

    /// <summary>Tells of something that goes as planned.</summary>
    public void Event(string text) => _notices.Add(new EventNotice(false, text, Status.Phase));

    /// <summary>Tells of something that does not.</summary>
    public void Warn(string text) => _notices.Add(new EventNotice(true, text, Status.Phase));

    /// <summary>Raises an alert.</summary>
    public void Alert(AlertSeverity severity, string text, bool withFields = false) =>
        _notices.Add(new AlertNotice(severity, text, withFields));

    /// <summary>Tells somebody else.</summary>
    public void Tell(Notice notice) => _notices.Add(notice);

    /// <summary>Sets when the next check is due: an interval from now.</summary>
    public void NextTick() => Status = Status with { NextCheck = Now + Spec.Analysis.Interval };

    /// <summary>Ends the round: the canary stays where it is, for a reason.</summary>
    public Decision Hold(string reason, string message, DateTimeOffset? due)
    {
        Status = Status with { Reason = reason, Message = message };
        return Done(due);
    }

    /// <summary>Ends the round.</summary>
    /// <param name="due">When to decide again if nothing changes.</param>
    public Decision Done(DateTimeOffset? due)
    {
        Status = Status with { ObservedGeneration = Spec.Generation };
        var isSame = Status.Durable == _before.Durable;
        return new Decision(
            isSame ? Status : Status with { LastTransitionTime = Now },
            _effects.ToEquatableArray(),
            _notices.ToEquatableArray(),
            due)
        {
            Refusal = Refusal,
        };
    }
}
