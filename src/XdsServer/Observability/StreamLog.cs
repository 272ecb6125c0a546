using XdsCanary.XdsServer.Protocol;

namespace XdsCanary.XdsServer.Observability;

/// <summary>Log events of streams.</summary>
internal static partial class StreamLog
{
    /// <summary>A stream has told who it is.</summary>
    [LoggerMessage(XdsEventIds.StreamOpened, LogLevel.Information,
        "Stream {StreamId} ({Variant}) of node {NodeId} in group {NodeGroup} opened from {Peer}.")]
    public static partial void StreamOpened(
        this ILogger logger, long streamId, XdsVariant variant, string nodeId, string nodeGroup, string peer);

    /// <summary>A stream has ended in any way.</summary>
    [LoggerMessage(XdsEventIds.StreamClosed, LogLevel.Information,
        "Stream {StreamId} of node {NodeId} closed: {Reason}. {Responses} responses sent.")]
    public static partial void StreamClosed(this ILogger logger, long streamId, string nodeId, string reason, long responses);

    /// <summary>The client's request can't be served.</summary>
    [LoggerMessage(XdsEventIds.StreamRefused, LogLevel.Information, "Stream {StreamId} of node {NodeId} refused: {Reason}")]
    public static partial void StreamRefused(this ILogger logger, long streamId, string nodeId, string reason);

    /// <summary>The client has not read for longer than the write timeout.</summary>
    [LoggerMessage(XdsEventIds.StreamStuck, LogLevel.Warning,
        "Stream {StreamId} of node {NodeId} has not read for {ElapsedMs} ms; the stream is cut so that it reconnects.")]
    public static partial void StreamStuck(this ILogger logger, long streamId, string nodeId, double elapsedMs);

    /// <summary>The stream failed through a fault of ours.</summary>
    [LoggerMessage(XdsEventIds.StreamFailed, LogLevel.Error, "Stream {StreamId} of node {NodeId} failed.")]
    public static partial void StreamFailed(this ILogger logger, Exception exception, long streamId, string nodeId);

    /// <summary>A response was written.</summary>
    [LoggerMessage(XdsEventIds.ResponseSent, LogLevel.Debug,
        "Stream {StreamId}: sent {TypeUrl} version {Version} nonce {Nonce}, {Resources} resources, {Removed} removed, {Bytes} bytes.")]
    public static partial void ResponseSent(
        this ILogger logger, long streamId, string typeUrl, string version, string nonce, int resources, int removed, int bytes);

    /// <summary>The client accepted a response.</summary>
    [LoggerMessage(XdsEventIds.ResponseAcked, LogLevel.Debug, "Stream {StreamId}: {TypeUrl} version {Version} accepted.")]
    public static partial void ResponseAcked(this ILogger logger, long streamId, string typeUrl, string? version);

    /// <summary>The client rejected a response; the first of a row.</summary>
    [LoggerMessage(XdsEventIds.ResponseNacked, LogLevel.Warning,
        "Node {NodeId} rejected {TypeUrl} version {Version}: {Reason}. It keeps what it accepted before; the same content is not sent again.")]
    public static partial void ResponseNacked(
        this ILogger logger, string nodeId, string typeUrl, string version, string reason);

    /// <summary>The client rejected one response more.</summary>
    [LoggerMessage(XdsEventIds.ResponseNackedAgain, LogLevel.Debug,
        "Node {NodeId} rejected {TypeUrl} version {Version}, response {Streak} in a row: {Reason}")]
    public static partial void ResponseNackedAgain(
        this ILogger logger, string nodeId, string typeUrl, string version, int streak, string reason);

    /// <summary>The client asked for a type that is not made here.</summary>
    [LoggerMessage(XdsEventIds.UnknownTypeRequested, LogLevel.Information,
        "Node {NodeId} asked for type {TypeUrl}, which this server does not make; it is answered that nothing exists.")]
    public static partial void UnknownTypeRequested(this ILogger logger, string nodeId, string typeUrl);
}
