using System.Buffers.Binary;
using System.Buffers.Text;
using System.IO.Hashing;
using System.Text;

namespace XdsCanary.XdsServer.Snapshots;

/// <summary>
/// The hash that versions are made of. It depends on nothing but the content, so that replicas and restarts agree on it and a
/// reconnecting client is sent nothing that it already holds.
/// </summary>
internal static class ContentHash
{
    /// <summary>Hashes a resource under its name.</summary>
    /// <param name="name">The resource's name.</param>
    /// <param name="content">The serialised <c>Any</c>.</param>
    public static UInt128 Of(string name, ReadOnlySpan<byte> content)
    {
        var hash = new XxHash128();
        Span<byte> length = stackalloc byte[sizeof(int)];
        var nameBytes = Encoding.UTF8.GetBytes(name);
        BinaryPrimitives.WriteInt32LittleEndian(length, nameBytes.Length);
        hash.Append(length);
        hash.Append(nameBytes);
        hash.Append(content);
        return hash.GetCurrentHashAsUInt128();
    }

    /// <summary>Hashes a name alone.</summary>
    /// <param name="name">The name.</param>
    public static UInt128 Of(string name) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(name));

    /// <summary>Renders a hash as a version: 22 characters of base64url.</summary>
    /// <param name="hash">The hash.</param>
    public static string ToVersion(UInt128 hash)
    {
        Span<byte> bytes = stackalloc byte[16];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, hash);
        return Base64Url.EncodeToString(bytes);
    }
}
