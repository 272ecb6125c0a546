using Microsoft.Extensions.Logging;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Observability;

/// <summary>The engine's log lines.</summary>
internal static partial class CanaryLog
{
    [LoggerMessage(CanaryEventIds.CanaryEvent, LogLevel.Information, "{Event}")]
    public static partial void CanaryEvent(this ILogger logger, string @event);

    [LoggerMessage(CanaryEventIds.CanaryWarning, LogLevel.Information, "{Event}")]
    public static partial void CanaryWarning(this ILogger logger, string @event);

    [LoggerMessage(CanaryEventIds.ReconcileFailed, LogLevel.Error, "Canary {Canary} could not be looked after; tried again in {Pause}.")]
    public static partial void ReconcileFailed(this ILogger logger, Exception exception, NamespacedName canary, TimeSpan pause);

    [LoggerMessage(CanaryEventIds.EffectFailed, LogLevel.Warning, "Canary {Canary}: {Effect} could not be done: {Reason}.")]
    public static partial void EffectFailed(this ILogger logger, NamespacedName canary, string effect, string reason);

    [LoggerMessage(CanaryEventIds.CanaryGone, LogLevel.Information, "Canary {Canary} is gone; its target has the traffic again.")]
    public static partial void CanaryGone(this ILogger logger, NamespacedName canary);

    [LoggerMessage(
        CanaryEventIds.CanaryLetGo,
        LogLevel.Warning,
        "Canary {Canary} is deleted: {Outcome}.")]
    public static partial void CanaryLetGo(this ILogger logger, NamespacedName canary, string outcome);

    [LoggerMessage(CanaryEventIds.EngineStarted, LogLevel.Information, "Canary engine started: {Canaries} canaries, {States} known from before.")]
    public static partial void EngineStarted(this ILogger logger, int canaries, int states);

    [LoggerMessage(CanaryEventIds.NoticeFailed, LogLevel.Error, "A notice of canary {Canary} could not be given.")]
    public static partial void NoticeFailed(this ILogger logger, Exception exception, NamespacedName canary);

    [LoggerMessage(CanaryEventIds.StateUnreadable, LogLevel.Error, "State file {File} cannot be read and is put aside: {Reason}")]
    public static partial void StateUnreadable(this ILogger logger, string file, string reason);

    [LoggerMessage(CanaryEventIds.CanaryInvalid, LogLevel.Warning, "{Problem}")]
    public static partial void CanaryInvalid(this ILogger logger, string problem);

    [LoggerMessage(CanaryEventIds.TermNotPrepared, LogLevel.Warning, "Leadership is not taken up yet: {Reason}")]
    public static partial void TermNotPrepared(this ILogger logger, string reason);

    [LoggerMessage(
        CanaryEventIds.WritePending,
        LogLevel.Warning,
        "Canary {Canary}: {What} is done, but could not be recorded yet: {Reason}")]
    public static partial void WritePending(this ILogger logger, NamespacedName canary, string what, string reason);

    [LoggerMessage(CanaryEventIds.WriteCaughtUp, LogLevel.Information, "Canary {Canary}: {What} is recorded now")]
    public static partial void WriteCaughtUp(this ILogger logger, NamespacedName canary, string what);

    [LoggerMessage(CanaryEventIds.UpkeepFailed, LogLevel.Warning, "Canary {Canary}: {Reason}")]
    public static partial void UpkeepFailed(this ILogger logger, NamespacedName canary, string reason);

    [LoggerMessage(CanaryEventIds.EventNotRecorded, LogLevel.Warning, "Event of {Canary} was not recorded: {Reason}")]
    public static partial void EventNotRecorded(this ILogger logger, NamespacedName canary, string reason);

    [LoggerMessage(CanaryEventIds.StatusRefused, LogLevel.Information, "TrafficSplit {Split}: its status was not written: {Reason}")]
    public static partial void StatusRefused(this ILogger logger, NamespacedName split, string reason);

    [LoggerMessage(CanaryEventIds.RouteTold, LogLevel.Warning, "TrafficSplit {Split}: routed as the leader says, for the API server does not know yet")]
    public static partial void RouteTold(this ILogger logger, NamespacedName split);
}
