using Microsoft.Extensions.Logging;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Leadership;

/// <summary>What leadership has to say.</summary>
internal static partial class LeadershipLog
{
    [LoggerMessage(KubeEventIds.LeadershipGained, LogLevel.Information, "{Identity} leads now")]
    public static partial void LeadershipGained(this ILogger logger, string identity);

    [LoggerMessage(KubeEventIds.LeadershipLost, LogLevel.Warning, "{Identity} leads no longer; the leader is '{Leader}'")]
    public static partial void LeadershipLost(this ILogger logger, string identity, string leader);

    [LoggerMessage(
        KubeEventIds.LeadershipUncertain,
        LogLevel.Warning,
        "{Identity} cannot renew its lease: it writes nothing and advances no canary until the API server answers")]
    public static partial void LeadershipUncertain(this ILogger logger, string identity);

    [LoggerMessage(KubeEventIds.LeaderSeen, LogLevel.Information, "The leader is '{Leader}'")]
    public static partial void LeaderSeen(this ILogger logger, string leader);

    [LoggerMessage(KubeEventIds.LeaseTroubled, LogLevel.Warning, "Lease {Lease}: {Trouble}")]
    public static partial void LeaseTroubled(this ILogger logger, NamespacedName lease, string trouble);
}
