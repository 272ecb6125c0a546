using System.ComponentModel;
using Microsoft.Extensions.Logging;

namespace XdsCanary.KubeRuntime.Standalone.Watching;

/// <summary>Chooses how a directory is watched.</summary>
internal static class DirectoryWatches
{
    /// <summary>Inotify where there is one and nothing speaks against it, else polling.</summary>
    public static IDirectoryWatch Create(ManifestDirectoryOptions options, TimeProvider timeProvider, ILogger logger)
    {
        if (options.UsePolling || !OperatingSystem.IsLinux())
        {
            return CreatePolling(options, timeProvider);
        }

        try
        {
            return new InotifyDirectoryWatch(options.RescanInterval, timeProvider);
        }
        catch (Win32Exception exception)
        {
            logger.FallingBackToPolling(options.Directory, options.PollInterval, exception.Message);
            return CreatePolling(options, timeProvider);
        }
    }

    /// <summary>Polling.</summary>
    public static IDirectoryWatch CreatePolling(ManifestDirectoryOptions options, TimeProvider timeProvider) =>
        new PollingDirectoryWatch(options.PollInterval, timeProvider);
}
