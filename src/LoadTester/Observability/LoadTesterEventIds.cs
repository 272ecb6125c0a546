namespace XdsCanary.LoadTester.Observability;

/// <summary>The ids of this program's log events: 5000 to 5999, never given out twice.</summary>
internal static class LoadTesterEventIds
{
    /// <summary>A gate was opened.</summary>
    public const int GateOpened = 5000;

    /// <summary>Gates were closed.</summary>
    public const int GateClosed = 5001;

    /// <summary>A task was refused.</summary>
    public const int TaskRefused = 5010;

    /// <summary>A task is under way already.</summary>
    public const int TaskSkipped = 5011;

    /// <summary>A task begins.</summary>
    public const int TaskStarted = 5012;

    /// <summary>A task went well.</summary>
    public const int TaskSucceeded = 5013;

    /// <summary>A task failed.</summary>
    public const int TaskFailed = 5014;

    /// <summary>What a task printed.</summary>
    public const int TaskOutput = 5015;
}
