namespace XdsCanary.CanaryEngine.Core;

/// <summary>Where a canary stands; the names are those of <c>status.phase</c> (flagger.app/v1beta1).</summary>
public enum CanaryPhase
{
    /// <summary>No status was ever written.</summary>
    None,

    /// <summary>The primary is being made.</summary>
    Initializing,

    /// <summary>The primary serves; no revision was analysed yet.</summary>
    Initialized,

    /// <summary>A new revision waits for approval (confirm-rollout).</summary>
    Waiting,

    /// <summary>A new revision is analysed.</summary>
    Progressing,

    /// <summary>The analysis is at its end and waits for approval (confirm-promotion).</summary>
    WaitingPromotion,

    /// <summary>The primary takes the analysed revision over.</summary>
    Promoting,

    /// <summary>All traffic is back at the primary.</summary>
    Finalising,

    /// <summary>The last revision was promoted.</summary>
    Succeeded,

    /// <summary>The last revision was not promoted.</summary>
    Failed,

    /// <summary>The object is being deleted.</summary>
    Terminating,
}

/// <summary>Groups of phases.</summary>
public static class CanaryPhases
{
    /// <summary>True while nothing serves yet.</summary>
    public static bool IsInitialising(this CanaryPhase phase) => phase is CanaryPhase.None or CanaryPhase.Initializing;

    /// <summary>True while a revision is analysed, which is when it can be rolled back.</summary>
    public static bool IsAnalysing(this CanaryPhase phase) => phase is CanaryPhase.Progressing or CanaryPhase.WaitingPromotion;

    /// <summary>True while a run is under way, from its start to its end.</summary>
    public static bool IsRunning(this CanaryPhase phase) =>
        phase.IsAnalysing() || phase is CanaryPhase.Promoting or CanaryPhase.Finalising;

    /// <summary>True between runs: nothing happens until there is a new revision.</summary>
    public static bool IsIdle(this CanaryPhase phase) =>
        phase is CanaryPhase.Initialized or CanaryPhase.Succeeded or CanaryPhase.Failed;
}
