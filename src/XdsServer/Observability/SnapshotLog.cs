using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Observability;

/// <summary>Log events of the way from objects to snapshots.</summary>
internal static partial class SnapshotLog
{
    /// <summary>A snapshot was published.</summary>
    [LoggerMessage(XdsEventIds.SnapshotPublished, LogLevel.Information,
        "Snapshot {Generation} of group {NodeGroup} published: {Clusters} clusters, {Endpoints} endpoint sets, {Routes} route configurations, built in {ElapsedMs} ms.")]
    public static partial void SnapshotPublished(
        this ILogger logger, long generation, string nodeGroup, int clusters, int endpoints, int routes, double elapsedMs);

    /// <summary>A snapshot was held back.</summary>
    [LoggerMessage(XdsEventIds.SnapshotInconsistent, LogLevel.Error,
        "Snapshot of group {NodeGroup} not published, the last good one stays: {Reason}")]
    public static partial void SnapshotInconsistent(this ILogger logger, string nodeGroup, string reason);

    /// <summary>A change of the objects changed no resource.</summary>
    [LoggerMessage(XdsEventIds.RebuildSkipped, LogLevel.Debug, "Objects changed (revision {Revision}), the mesh did not.")]
    public static partial void RebuildSkipped(this ILogger logger, long revision);

    /// <summary>A rebuild failed through a fault of ours.</summary>
    [LoggerMessage(XdsEventIds.RebuildFailed, LogLevel.Error,
        "Rebuild for revision {Revision} failed; what is served stays as it is.")]
    public static partial void RebuildFailed(this ILogger logger, Exception exception, long revision);

    /// <summary>A fault of an object, new since the last rebuild.</summary>
    [LoggerMessage(XdsEventIds.ObjectFaulty, LogLevel.Warning, "{Problem}")]
    public static partial void ObjectFaulty(this ILogger logger, ObjectProblem problem);

    /// <summary>A fault that is gone.</summary>
    [LoggerMessage(XdsEventIds.ObjectMended, LogLevel.Information, "Mended: {Problem}")]
    public static partial void ObjectMended(this ILogger logger, ObjectProblem problem);

    /// <summary>The first snapshot is there.</summary>
    [LoggerMessage(XdsEventIds.Ready, LogLevel.Information,
        "Ready: {Objects} objects read, xDS on {XdsAddress}, admin on {AdminAddress}.")]
    public static partial void Ready(this ILogger logger, int objects, string xdsAddress, string adminAddress);

    /// <summary>The server stops.</summary>
    [LoggerMessage(XdsEventIds.Stopping, LogLevel.Information, "Stopping: {Streams} open streams are told to reconnect elsewhere.")]
    public static partial void Stopping(this ILogger logger, int streams);
}
