using Microsoft.Extensions.Logging;

namespace XdsCanary.KubeRuntime.Cluster;

/// <summary>What following an API server's objects has to say.</summary>
internal static partial class ClusterLog
{
    [LoggerMessage(
        KubeEventIds.ClusterSynced,
        LogLevel.Information,
        "The API server's objects are read: {Objects} objects, {Problems} problems")]
    public static partial void ClusterSynced(this ILogger logger, int objects, int problems);

    [LoggerMessage(KubeEventIds.WatchTroubled, LogLevel.Warning, "Following {Resource} is in trouble: {Trouble}. What is known stays")]
    public static partial void WatchTroubled(this ILogger logger, string resource, string trouble);

    [LoggerMessage(KubeEventIds.WatchResumed, LogLevel.Information, "Following {Resource} goes on")]
    public static partial void WatchResumed(this ILogger logger, string resource);

    [LoggerMessage(KubeEventIds.WatchBroken, LogLevel.Error, "What came of {Resource} cannot be used; listing them again")]
    public static partial void WatchBroken(this ILogger logger, Exception exception, string resource);

    [LoggerMessage(KubeEventIds.ObjectUnreadable, LogLevel.Warning, "{Problem}")]
    public static partial void ObjectUnreadable(this ILogger logger, string problem);
}
