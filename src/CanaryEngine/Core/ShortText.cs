using System.Text;

namespace XdsCanary.CanaryEngine.Core;

/// <summary>Keeps texts of other programs at a readable length. Pure.</summary>
internal static class ShortText
{
    /// <summary>The longest text that is kept where no other limit is given, in bytes.</summary>
    public const int Limit = 2048;

    /// <summary>Cuts a text.</summary>
    /// <param name="text">The text.</param>
    /// <param name="limit">The longest that is kept, in bytes.</param>
    public static string Cut(string text, int limit = Limit)
    {
        const string Mark = "...";
        if (text.Length <= limit && Encoding.UTF8.GetByteCount(text) <= limit)
        {
            return text;
        }

        var room = limit - Mark.Length;
        var kept = 0;
        foreach (var rune in text.EnumerateRunes())
        {
            room -= rune.Utf8SequenceLength;
            if (room < 0)
            {
                break;
            }

            kept += rune.Utf16SequenceLength;
        }

        return text[..kept] + Mark;
    }
}
