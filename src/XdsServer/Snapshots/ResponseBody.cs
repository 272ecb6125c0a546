using System.Collections.Immutable;

namespace XdsCanary.XdsServer.Snapshots;

/// <summary>
/// A discovery response without what differs between streams (the nonce and the control plane's identifier): serialised once,
/// written to any number of streams. Protobuf fields may come in any order, so the rest is appended behind these bytes.
/// </summary>
/// <param name="Bytes">The serialised fields.</param>
/// <param name="Version">The version of the response.</param>
/// <param name="Resources">How many resources it holds.</param>
/// <param name="Removed">How many removed names it holds (delta only).</param>
internal sealed record ResponseBody(ReadOnlyMemory<byte> Bytes, string Version, int Resources, int Removed)
{
    // Tags: (field number << 3) | 2, all fields are length-delimited.
    private const byte VersionTag = 0x0a;
    private const byte ResourcesTag = 0x12;
    private const byte TypeUrlTag = 0x22;
    private const byte RemovedResourcesTag = 0x32;
    private const byte ResourceVersionTag = 0x0a;
    private const byte ResourceBodyTag = 0x12;
    private const byte ResourceNameTag = 0x1a;

    /// <summary>Serialises a <c>DiscoveryResponse</c>: fields 1, 2 and 4.</summary>
    /// <param name="type">The type of the resources.</param>
    /// <param name="resources">The resources to carry.</param>
    /// <param name="version">The version of the response.</param>
    public static ResponseBody Sotw(ResourceType type, IReadOnlyList<VersionedResource> resources, string version)
    {
        var size = WireBuffer.StringSize(version) + WireBuffer.StringSize(type.TypeUrl);
        foreach (var resource in resources)
        {
            size += WireBuffer.BytesSize(resource.Packed.Length);
        }

        var buffer = new WireBuffer(size);
        buffer.WriteString(VersionTag, version);
        foreach (var resource in resources)
        {
            buffer.WriteBytes(ResourcesTag, resource.Packed.Span);
        }

        buffer.WriteString(TypeUrlTag, type.TypeUrl);
        return new ResponseBody(buffer.ToMemory(), version, resources.Count, 0);
    }

    /// <summary>Serialises a <c>DeltaDiscoveryResponse</c>: fields 1, 2, 4 and 6.</summary>
    /// <param name="typed">The set that the resources are from: type and version.</param>
    /// <param name="resources">The resources to carry.</param>
    /// <param name="removed">The names to take away.</param>
    public static ResponseBody Delta(
        TypedResources typed, IReadOnlyList<VersionedResource> resources, ImmutableArray<string> removed)
    {
        var size = WireBuffer.StringSize(typed.Version) + WireBuffer.StringSize(typed.Type.TypeUrl);
        foreach (var resource in resources)
        {
            size += WireBuffer.BytesSize(DeltaElementSize(resource));
        }

        foreach (var name in removed)
        {
            size += WireBuffer.StringSize(name);
        }

        var buffer = new WireBuffer(size);
        buffer.WriteString(VersionTag, typed.Version);
        foreach (var resource in resources)
        {
            buffer.WriteLength(ResourcesTag, DeltaElementSize(resource));
            buffer.WriteString(ResourceVersionTag, resource.Version);
            buffer.WriteBytes(ResourceBodyTag, resource.Packed.Span);
            buffer.WriteString(ResourceNameTag, resource.Name);
        }

        buffer.WriteString(TypeUrlTag, typed.Type.TypeUrl);
        foreach (var name in removed)
        {
            buffer.WriteString(RemovedResourcesTag, name);
        }

        return new ResponseBody(buffer.ToMemory(), typed.Version, resources.Count, removed.Length);
    }

    private static int DeltaElementSize(VersionedResource resource) =>
        WireBuffer.StringSize(resource.Version) + WireBuffer.BytesSize(resource.Packed.Length) + WireBuffer.StringSize(resource.Name);
}
