using System.Globalization;
using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Protocol;

namespace XdsCanary.XdsServer.Streams;

/// <summary>
/// What others may see of a stream: who it is and, by reference to its immutable state, how far it has come. Written by the
/// stream's own session, read by anybody.
/// </summary>
/// <param name="id">Number of the stream since the server started.</param>
/// <param name="peer">The peer's address.</param>
/// <param name="opened">When the stream was opened (UTC).</param>
/// <param name="state">The state to begin with.</param>
internal sealed class StreamRecord(long id, string peer, DateTimeOffset opened, StreamState state)
{
    private StreamState _state = state;
    private NodeIdentity? _node;

    /// <summary>Number of the stream since the server started.</summary>
    public long Id { get; } = id;

    /// <summary>The peer's address.</summary>
    public string Peer { get; } = peer;

    /// <summary>When the stream was opened (UTC).</summary>
    public DateTimeOffset Opened { get; } = opened;

    /// <summary>Who the client says it is; null before its first request.</summary>
    public NodeIdentity? Node
    {
        get => Volatile.Read(ref _node);
        set => Volatile.Write(ref _node, value);
    }

    /// <summary>The conversation so far.</summary>
    public StreamState State
    {
        get => Volatile.Read(ref _state);
        set => Volatile.Write(ref _state, value);
    }
}

/// <summary>Who a client says it is.</summary>
/// <param name="Id"><c>node.id</c>.</param>
/// <param name="Cluster"><c>node.cluster</c>.</param>
/// <param name="UserAgent">Name and version of the client's program, as far as it tells them.</param>
/// <param name="Group">The group that the node belongs to.</param>
internal sealed record NodeIdentity(string Id, string Cluster, string UserAgent, NodeGroup Group)
{
    private const string AdminField = "admin";

    /// <summary><c>node.metadata.admin</c>: where the client's admin interface is, as it says; empty when it does not.</summary>
    public string Admin { get; init; } = string.Empty;

    /// <summary>Reads it off the node that a client sent.</summary>
    /// <param name="node">The node.</param>
    /// <param name="group">The group that it was resolved to.</param>
    public static NodeIdentity Of(Node node, NodeGroup group)
    {
        var version = node.UserAgentBuildVersion?.Version is { } build
            ? $"{build.MajorNumber}.{build.MinorNumber}.{build.Patch}"
            : node.UserAgentVersion;
        return new NodeIdentity(node.Id, node.Cluster, $"{node.UserAgentName} {version}".Trim(), group) { Admin = AdminOf(node) };
    }

    private static string AdminOf(Node node) =>
        node.Metadata?.Fields.TryGetValue(AdminField, out var value) != true ? string.Empty
        : value!.KindCase == Value.KindOneofCase.NumberValue ? value.NumberValue.ToString(CultureInfo.InvariantCulture)
        : value.StringValue;
}
