using Microsoft.Extensions.Logging;
using XdsCanary.LoadTester.Gates;

namespace XdsCanary.LoadTester.Observability;

/// <summary>This program's log messages.</summary>
internal static partial class LoadTesterLog
{
    [LoggerMessage(
        LoadTesterEventIds.GateOpened, LogLevel.Information, "{Kind} of {Canary} opened for hook '{Hook}', revision '{Checksum}'")]
    public static partial void GateOpened(this ILogger logger, GateKind kind, string canary, string hook, string checksum);

    [LoggerMessage(
        LoadTesterEventIds.GateClosed, LogLevel.Information, "{Kind} of {Canary} closed for hook '{Hook}', revision '{Checksum}'")]
    public static partial void GateClosed(this ILogger logger, GateKind kind, string canary, string hook, string checksum);

    [LoggerMessage(LoadTesterEventIds.TaskRefused, LogLevel.Warning, "Task of {Canary} refused: {Reason}")]
    public static partial void TaskRefused(this ILogger logger, string canary, string reason);

    [LoggerMessage(LoadTesterEventIds.TaskSkipped, LogLevel.Information, "Command skipped, {Work} is already running for {Canary}")]
    public static partial void TaskSkipped(this ILogger logger, string canary, string work);

    [LoggerMessage(LoadTesterEventIds.TaskStarted, LogLevel.Information, "Command starting for {Canary}: {Work}")]
    public static partial void TaskStarted(this ILogger logger, string canary, string work);

    [LoggerMessage(LoadTesterEventIds.TaskSucceeded, LogLevel.Information, "Command finished for {Canary}: {Work}")]
    public static partial void TaskSucceeded(this ILogger logger, string canary, string work);

    [LoggerMessage(LoadTesterEventIds.TaskFailed, LogLevel.Error, "Command failed for {Canary}: {Reason}")]
    public static partial void TaskFailed(this ILogger logger, string canary, string reason);

    [LoggerMessage(LoadTesterEventIds.TaskOutput, LogLevel.Information, "Output for {Canary}: {Output}")]
    public static partial void TaskOutput(this ILogger logger, string canary, string output);
}
