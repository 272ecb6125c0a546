namespace XdsCanary.XdsServer.Observability;

/// <summary>Log events of the admin port.</summary>
internal static partial class AdminLog
{
    /// <summary>There is no token.</summary>
    [LoggerMessage(XdsEventIds.NoToken, LogLevel.Warning,
        "Nobody can steer canaries: the admin token cannot be kept ({Reason}). Set --admin-token, or a --state directory that can be written to.")]
    public static partial void NoToken(this ILogger logger, string reason);

    [LoggerMessage(
        XdsEventIds.PeerSilent, LogLevel.Warning, "Replica {Replica} does not answer ({Reason}): how far its proxies follow is not known")]
    public static partial void PeerSilent(this ILogger logger, string replica, string reason);

    [LoggerMessage(XdsEventIds.PeerForgotten, LogLevel.Warning,
        "Replica {Replica} has not answered for {Seconds} s: its proxies no longer hold up canaries")]
    public static partial void PeerForgotten(this ILogger logger, string replica, double seconds);

    [LoggerMessage(XdsEventIds.PeerAnswers, LogLevel.Information, "Replica {Replica} answers again")]
    public static partial void PeerAnswers(this ILogger logger, string replica);

    [LoggerMessage(XdsEventIds.PeerHidesProxies, LogLevel.Warning,
        "Replica {Replica} does not tell where its proxies are ({Reason}): statistics are read without any that are new")]
    public static partial void PeerHidesProxies(this ILogger logger, string replica, string reason);

    [LoggerMessage(XdsEventIds.PeerTellsProxies, LogLevel.Information, "Replica {Replica} tells where its proxies are again")]
    public static partial void PeerTellsProxies(this ILogger logger, string replica);
}
