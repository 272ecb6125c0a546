using System.Collections.Immutable;
using Envoy.Config.Cluster.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using XdsCanary.XdsServer.Resources;

namespace XdsCanary.XdsServer.Snapshots;

/// <summary>
/// A resource ready for the wire: serialised once, hashed once, shared by all snapshots and streams that hold it. Immutable.
/// </summary>
internal sealed class VersionedResource
{
    // Of the fields type_url and value of google.protobuf.Any.
    private const byte AnyTypeTag = (1 << 3) | 2;
    private const byte AnyValueTag = (2 << 3) | 2;
    private const string TypePrefix = "type.googleapis.com/";

    private VersionedResource(NamedResource source, ReadOnlyMemory<byte> packed)
    {
        Source = source;
        Packed = packed;
        Hash = ContentHash.Of(source.Name, packed.Span);
        Version = ContentHash.ToVersion(Hash);
        EndpointsName = EndpointsNameOf(source.Message);
    }

    /// <summary>The name by which clients subscribe.</summary>
    public string Name => Source.Name;

    /// <summary>The version that delta clients see, made of <see cref="Hash"/>.</summary>
    public string Version { get; }

    /// <summary>Hash of name and content.</summary>
    public UInt128 Hash { get; }

    /// <summary>The serialised <c>google.protobuf.Any</c>.</summary>
    public ReadOnlyMemory<byte> Packed { get; }

    /// <summary>Sorted names of the resources that it needs; see <see cref="NamedResource.References"/>.</summary>
    public ImmutableArray<string> References => Source.References;

    /// <summary>For a cluster that takes its endpoints from EDS the name it asks for them by; else null.</summary>
    public string? EndpointsName { get; }

    /// <summary>The message it was made of; frozen.</summary>
    public NamedResource Source { get; }

    /// <summary>Serialises and hashes a message.</summary>
    /// <param name="source">The message under its name.</param>
    public static VersionedResource Create(NamedResource source) =>
        new(source, source.Parts.IsDefault ? Any.Pack(source.Message).ToByteArray() : Join(source));

    private static ReadOnlyMemory<byte> Join(NamedResource source)
    {
        var type = TypePrefix + source.Message.Descriptor.FullName;
        var length = source.Parts.Sum(part => part.Length);
        var any = new WireBuffer(WireBuffer.StringSize(type) + WireBuffer.BytesSize(length));
        any.WriteString(AnyTypeTag, type);
        any.WriteLength(AnyValueTag, length);
        foreach (var part in source.Parts)
        {
            any.WriteRaw(part.Span);
        }

        return any.ToMemory();
    }

    private static string? EndpointsNameOf(IMessage message)
    {
        if (message is not Cluster { Type: Cluster.Types.DiscoveryType.Eds } cluster)
        {
            return null;
        }

        var serviceName = cluster.EdsClusterConfig?.ServiceName;
        return string.IsNullOrEmpty(serviceName) ? cluster.Name : serviceName;
    }
}
