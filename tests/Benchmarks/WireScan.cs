using System.Buffers;
using Google.Protobuf;

namespace XdsCanary.Benchmarks;

/// <summary>
/// What the load client reads of a response: the top-level fields, without decoding a resource, so that it costs far less than
/// the server that it measures. Both variants number these fields alike.
/// </summary>
internal sealed record WireScan(string Version, string TypeUrl, string Nonce, int Resources)
{
    private const uint VersionTag = 10;
    private const uint ResourcesTag = 18;
    private const uint TypeUrlTag = 34;
    private const uint NonceTag = 42;

    public static WireScan Read(ReadOnlySequence<byte> payload)
    {
        using var input = new CodedInputStream(payload.ToArray());
        var (version, typeUrl, nonce, resources) = (string.Empty, string.Empty, string.Empty, 0);
        while (input.ReadTag() is var tag && tag != 0)
        {
            switch (tag)
            {
                case VersionTag:
                    version = input.ReadString();
                    break;
                case TypeUrlTag:
                    typeUrl = input.ReadString();
                    break;
                case NonceTag:
                    nonce = input.ReadString();
                    break;
                default:
                    resources += tag == ResourcesTag ? 1 : 0;
                    input.SkipLastField();
                    break;
            }
        }

        return new WireScan(version, typeUrl, nonce, resources);
    }
}
