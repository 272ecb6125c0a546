using System.Text;
using Google.Protobuf;

namespace XdsCanary.XdsServer.Snapshots;

/// <summary>
/// Writes length-delimited protobuf fields with one-byte tags into one array of known size. It exists because the generated
/// writer cannot splice bytes that are serialised already.
/// </summary>
/// <param name="size">The exact number of bytes that will be written.</param>
internal struct WireBuffer(int size)
{
    private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(size);
    private int _position;

    /// <summary>Bytes that a field with a content of this length takes.</summary>
    /// <param name="contentLength">The content's length.</param>
    public static int BytesSize(int contentLength) => 1 + CodedOutputStream.ComputeLengthSize(contentLength) + contentLength;

    /// <summary>Bytes that a text field takes.</summary>
    /// <param name="text">The text.</param>
    public static int StringSize(string text) => BytesSize(Encoding.UTF8.GetByteCount(text));

    /// <summary>Writes a text field.</summary>
    /// <param name="tag">The field's tag.</param>
    /// <param name="text">The text.</param>
    public void WriteString(byte tag, string text)
    {
        WriteLength(tag, Encoding.UTF8.GetByteCount(text));
        _position += Encoding.UTF8.GetBytes(text, _bytes.AsSpan(_position));
    }

    /// <summary>Writes a bytes or message field.</summary>
    /// <param name="tag">The field's tag.</param>
    /// <param name="content">The serialised content.</param>
    public void WriteBytes(byte tag, ReadOnlySpan<byte> content)
    {
        WriteLength(tag, content.Length);
        WriteRaw(content);
    }

    /// <summary>Writes content, or a piece of it, whose head was written before.</summary>
    /// <param name="content">The bytes.</param>
    public void WriteRaw(ReadOnlySpan<byte> content)
    {
        content.CopyTo(_bytes.AsSpan(_position));
        _position += content.Length;
    }

    /// <summary>Writes the head of a field; the caller writes the content.</summary>
    /// <param name="tag">The field's tag.</param>
    /// <param name="length">The content's length.</param>
    public void WriteLength(byte tag, int length)
    {
        _bytes[_position++] = tag;
        var rest = (uint)length;
        while (rest >= 0x80)
        {
            _bytes[_position++] = (byte)(rest | 0x80);
            rest >>= 7;
        }

        _bytes[_position++] = (byte)rest;
    }

    /// <summary>What was written.</summary>
    public readonly ReadOnlyMemory<byte> ToMemory() => _bytes.AsMemory(0, _position);
}
