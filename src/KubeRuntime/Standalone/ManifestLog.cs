using Microsoft.Extensions.Logging;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Standalone;

/// <summary>What the manifest directory has to say.</summary>
internal static partial class ManifestLog
{
    [LoggerMessage(
        KubeEventIds.DirectoryRead,
        LogLevel.Information,
        "Manifest directory {Directory} read: {Files} files, {Objects} objects, {Problems} problems; watched by {Watch}")]
    public static partial void DirectoryRead(
        this ILogger logger, string directory, int files, int objects, int problems, string watch);

    [LoggerMessage(
        KubeEventIds.ManifestsChanged,
        LogLevel.Information,
        "Manifests changed: revision {Revision}, {Objects} objects, {Problems} problems")]
    public static partial void ManifestsChanged(this ILogger logger, long revision, int objects, int problems);

    [LoggerMessage(KubeEventIds.ManifestProblem, LogLevel.Warning, "{Problem}")]
    public static partial void ManifestProblem(this ILogger logger, ObjectProblem problem);

    [LoggerMessage(KubeEventIds.ManifestProblemsSolved, LogLevel.Information, "All problems of the manifests are solved")]
    public static partial void ManifestProblemsSolved(this ILogger logger);

    [LoggerMessage(
        KubeEventIds.FallingBackToPolling,
        LogLevel.Warning,
        "Changes of {Directory} cannot be watched ({Reason}), looking every {Interval} instead. Raising the limits "
            + "fs.inotify.max_user_watches and fs.inotify.max_user_instances makes changes take effect at once")]
    public static partial void FallingBackToPolling(
        this ILogger logger, string directory, TimeSpan interval, string reason);

    [LoggerMessage(
        KubeEventIds.ChangesLost,
        LogLevel.Warning,
        "So much changed in {Directory} at once that the system lost some of it; looking at all files again")]
    public static partial void ChangesLost(this ILogger logger, string directory);

    [LoggerMessage(KubeEventIds.LookFailed, LogLevel.Error, "Looking at {Directory} failed; what is known stays")]
    public static partial void LookFailed(this ILogger logger, Exception exception, string directory);
}
