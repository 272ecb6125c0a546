namespace XdsCanary.CanaryEngine.Observability;

/// <summary>The event ids of the engine's log, 2000 to 2199; the parts with adapters have their own blocks after that.</summary>
internal static class CanaryEventIds
{
    /// <summary>A normal event of a canary.</summary>
    public const int CanaryEvent = 2000;

    /// <summary>A warning event of a canary.</summary>
    public const int CanaryWarning = 2001;

    /// <summary>A reconciliation failed.</summary>
    public const int ReconcileFailed = 2010;

    /// <summary>An effect failed.</summary>
    public const int EffectFailed = 2011;

    /// <summary>A canary went.</summary>
    public const int CanaryGone = 2012;

    /// <summary>The engine started.</summary>
    public const int EngineStarted = 2013;

    /// <summary>A notice could not be given.</summary>
    public const int NoticeFailed = 2014;

    /// <summary>A term of leadership could not be prepared.</summary>
    public const int TermNotPrepared = 2015;

    /// <summary>A deleted canary whose spec is not accepted went.</summary>
    public const int CanaryLetGo = 2016;

    /// <summary>A state file cannot be read.</summary>
    public const int StateUnreadable = 2100;

    /// <summary>A Canary object is invalid.</summary>
    public const int CanaryInvalid = 2101;

    /// <summary>A write to the API server waits for it to answer.</summary>
    public const int WritePending = 2102;

    /// <summary>What waited to be written was written.</summary>
    public const int WriteCaughtUp = 2103;

    /// <summary>An object that the engine makes could not be kept as it is meant to be.</summary>
    public const int UpkeepFailed = 2104;

    /// <summary>An event could not be recorded in the cluster.</summary>
    public const int EventNotRecorded = 2105;

    /// <summary>The API server does not take the status of an object.</summary>
    public const int StatusRefused = 2106;

    /// <summary>The leader tells where traffic goes while the API server is away.</summary>
    public const int RouteTold = 2107;
}
