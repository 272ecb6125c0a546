using Microsoft.Extensions.Logging;

namespace XdsCanary.DemoProxy.Observability;

/// <summary>This module's log messages.</summary>
internal static partial class DemoProxyLog
{
    [LoggerMessage(
        DemoProxyEventIds.Connected, LogLevel.Information, "Connected to the control plane at {Address} as node {NodeId}")]
    public static partial void Connected(this ILogger logger, Uri address, string nodeId);

    [LoggerMessage(
        DemoProxyEventIds.Disconnected, LogLevel.Warning,
        "No stream to the control plane at {Address}: {Reason}; next attempt in {ElapsedMs} ms; serving what is held")]
    public static partial void Disconnected(this ILogger logger, Uri address, string reason, long elapsedMs);

    [LoggerMessage(
        DemoProxyEventIds.Rejected, LogLevel.Warning,
        "Rejected resources of {TypeUrl}, response {Nonce}, and kept the last good ones: {Reason}")]
    public static partial void Rejected(this ILogger logger, string typeUrl, string nonce, string reason);

    [LoggerMessage(DemoProxyEventIds.ListenerStarted, LogLevel.Information, "Listener {Listener} serves on {Address}")]
    public static partial void ListenerStarted(this ILogger logger, string listener, string address);

    [LoggerMessage(DemoProxyEventIds.ListenerStopped, LogLevel.Information, "Listener {Listener} has stopped")]
    public static partial void ListenerStopped(this ILogger logger, string listener);

    [LoggerMessage(
        DemoProxyEventIds.ListenerFailed, LogLevel.Warning,
        "Listener {Listener} cannot listen on {Address} and will try again: {Reason}")]
    public static partial void ListenerFailed(this ILogger logger, string listener, string address, string reason);

    [LoggerMessage(DemoProxyEventIds.LoopFailed, LogLevel.Error, "A loop of the embedded data plane failed")]
    public static partial void LoopFailed(this ILogger logger, Exception exception);
}
