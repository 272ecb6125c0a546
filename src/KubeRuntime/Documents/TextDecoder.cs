using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace XdsCanary.KubeRuntime.Documents;

/// <summary>Bytes of a file to text: UTF-8, with or without a byte order mark.</summary>
internal static class TextDecoder
{
    /// <summary>Takes a byte order mark off.</summary>
    public static ReadOnlySpan<byte> WithoutMark(ReadOnlySpan<byte> bytes) =>
        bytes.StartsWith((ReadOnlySpan<byte>)[0xEF, 0xBB, 0xBF]) ? bytes[3..] : bytes;

    /// <summary>Checks that bytes are UTF-8 and not too many.</summary>
    /// <param name="bytes">The bytes, without a byte order mark.</param>
    /// <returns>Null when they are, else what is wrong.</returns>
    public static NodeProblem? Check(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > DocumentLimits.MaxBytes)
        {
            return TooLarge(bytes.Length);
        }

        if (Utf8.IsValid(bytes))
        {
            return null;
        }

        if (bytes is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..])
        {
            return new NodeProblem(new(1, 1), string.Empty, "the file is written in UTF-16", "Save it as UTF-8");
        }

        var wrong = FirstInvalid(bytes);
        var line = bytes[..wrong].Count((byte)'\n') + 1;
        var lineStart = bytes[..wrong].LastIndexOf((byte)'\n') + 1;
        var column = Encoding.UTF8.GetCharCount(bytes[lineStart..wrong]) + 1;
        return new NodeProblem(
            new(line, column),
            string.Empty,
            $"the byte 0x{bytes[wrong]:X2} is not valid UTF-8",
            "Save the file as UTF-8; binary data belongs into base64");
    }

    /// <summary>The fault of a text that is larger than the limit.</summary>
    public static NodeProblem TooLarge(long bytes) => new(
        default,
        string.Empty,
        $"the file has {bytes} bytes, the limit is {DocumentLimits.MaxBytes}",
        "Split it into several files, or move it out of the manifests");

    private static int FirstInvalid(ReadOnlySpan<byte> bytes)
    {
        var consumed = 0;
        while (Rune.DecodeFromUtf8(bytes[consumed..], out _, out var length) == OperationStatus.Done)
        {
            consumed += length;
        }

        return consumed;
    }
}
