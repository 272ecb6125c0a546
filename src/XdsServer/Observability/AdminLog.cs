namespace XdsCanary.XdsServer.Observability;

/// <summary>Log events of the admin port.</summary>
internal static partial class AdminLog
{
    /// <summary>There is no token.</summary>
    [LoggerMessage(XdsEventIds.NoToken, LogLevel.Warning,
        "Nobody can steer canaries: the admin token cannot be kept ({Reason}). Set --admin-token, or a --state directory that can be written to.")]
    public static partial void NoToken(this ILogger logger, string reason);
}
