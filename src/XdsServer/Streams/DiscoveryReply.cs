using System.Buffers;
using System.Text;
using Grpc.Core;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Streams;

/// <summary>
/// A response as it goes to one stream: shared bytes, then the fields that are the stream's own. Both variants give the nonce
/// field number 5; the control plane's identifier is field 6 in one and 7 in the other.
/// </summary>
/// <param name="Body">The shared bytes.</param>
/// <param name="Nonce">The nonce; ASCII.</param>
/// <param name="ControlPlane">A serialised <c>ControlPlane</c> field, tag included; empty to leave it out.</param>
internal sealed record DiscoveryReply(ResponseBody Body, string Nonce, ReadOnlyMemory<byte> ControlPlane)
{
    private const byte NonceTag = 0x2a;
    private const int LongestOneByteLength = 0x7f;

    /// <summary>Marshals replies; the server never reads one.</summary>
    public static Marshaller<DiscoveryReply> Marshaller { get; } = Marshallers.Create<DiscoveryReply>(
        static (reply, context) => reply.WriteTo(context),
        static _ => throw new NotSupportedException("Replies are only written."));

    /// <summary>Serialises the identifier that tells operators which replica serves a proxy.</summary>
    /// <param name="identifier">Any text.</param>
    /// <param name="delta">Which variant it is for.</param>
    public static ReadOnlyMemory<byte> ControlPlaneField(string identifier, bool delta)
    {
        const byte SotwTag = 0x32;
        const byte DeltaTag = 0x3a;
        const byte IdentifierTag = 0x0a;
        var inner = WireBuffer.StringSize(identifier);
        var buffer = new WireBuffer(WireBuffer.BytesSize(inner));
        buffer.WriteLength(delta ? DeltaTag : SotwTag, inner);
        buffer.WriteString(IdentifierTag, identifier);
        return buffer.ToMemory();
    }

    private void WriteTo(SerializationContext context)
    {
        System.Diagnostics.Debug.Assert(Nonce.Length <= LongestOneByteLength, "A nonce is a short number.");
        var size = Body.Bytes.Length + 2 + Nonce.Length + ControlPlane.Length;
        context.SetPayloadLength(size);
        var writer = context.GetBufferWriter();
        writer.Write(Body.Bytes.Span);
        var tail = writer.GetSpan(2 + Nonce.Length);
        tail[0] = NonceTag;
        tail[1] = (byte)Nonce.Length;
        Encoding.ASCII.GetBytes(Nonce, tail[2..]);
        writer.Advance(2 + Nonce.Length);
        if (!ControlPlane.IsEmpty)
        {
            writer.Write(ControlPlane.Span);
        }

        context.Complete();
    }
}
