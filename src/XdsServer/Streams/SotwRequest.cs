using System.Buffers;
using Envoy.Service.Discovery.V3;

namespace XdsCanary.XdsServer.Streams;

/// <summary>A state-of-the-world request as it is read off the wire.</summary>
/// <param name="Message">The request; without its names where <paramref name="Names"/> has them.</param>
/// <param name="Names">The names, when they could be taken out of the bytes.</param>
internal sealed record SotwRequest(DiscoveryRequest Message, NameList? Names)
{
    private const uint NamesTag = 26;

    /// <summary>Reads a request.</summary>
    /// <param name="payload">Its bytes.</param>
    /// <param name="cache">Recognises its names.</param>
    /// <exception cref="Google.Protobuf.InvalidProtocolBufferException">The bytes are no request.</exception>
    public static SotwRequest Read(ReadOnlySequence<byte> payload, NameListCache cache)
    {
        if (payload.IsSingleSegment)
        {
            return Read(payload.FirstSpan, cache);
        }

        var length = checked((int)payload.Length);
        var copy = ArrayPool<byte>.Shared.Rent(length);
        try
        {
            payload.CopyTo(copy);
            return Read(copy.AsSpan(0, length), cache);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(copy);
        }
    }

    private static SotwRequest Read(ReadOnlySpan<byte> bytes, NameListCache cache)
    {
        if (!TryFindNames(bytes, out var names))
        {
            return new SotwRequest(DiscoveryRequest.Parser.ParseFrom(bytes), null);
        }

        var rest = ArrayPool<byte>.Shared.Rent(bytes.Length);
        try
        {
            bytes[..names.Start].CopyTo(rest);
            bytes[names.End..].CopyTo(rest.AsSpan(names.Start.Value));
            var length = bytes.Length - (names.End.Value - names.Start.Value);
            return new SotwRequest(DiscoveryRequest.Parser.ParseFrom(rest.AsSpan(0, length)), cache.Decode(bytes[names]));
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(rest);
        }
    }

    // Finds the names if they stand together, as writers put them. Anything odd is left to the generated parser.
    private static bool TryFindNames(ReadOnlySpan<byte> bytes, out Range names)
    {
        var (position, start, end) = (0, -1, -1);
        while (position < bytes.Length)
        {
            var field = position;
            if (!TryReadVarint(bytes, ref position, out var tag) || !TrySkip(bytes, ref position, tag & 7))
            {
                names = default;
                return false;
            }

            if (tag == NamesTag)
            {
                if (start >= 0 && end != field)
                {
                    names = default;
                    return false;
                }

                start = start < 0 ? field : start;
                end = position;
            }
        }

        names = start < 0 ? default : start..end;
        return start >= 0;
    }

    private static bool TrySkip(ReadOnlySpan<byte> bytes, ref int position, uint wireType)
    {
        switch (wireType)
        {
            case 0:
                return TryReadVarint(bytes, ref position, out _);
            case 1:
                position += sizeof(ulong);
                break;
            case 2:
                if (!TryReadVarint(bytes, ref position, out var length) || length > bytes.Length - position)
                {
                    return false;
                }

                position += (int)length;
                break;
            case 5:
                position += sizeof(uint);
                break;
            default:
                return false;
        }

        return position <= bytes.Length;
    }

    private static bool TryReadVarint(ReadOnlySpan<byte> bytes, ref int position, out uint value)
    {
        value = 0;
        for (var shift = 0; shift < 35 && position < bytes.Length; shift += 7)
        {
            var part = bytes[position++];
            value |= (uint)(part & 0x7f) << shift;
            if (part < 0x80)
            {
                return true;
            }
        }

        return false;
    }
}
