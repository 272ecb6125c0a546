using System.Collections.Frozen;
using System.Globalization;

namespace XdsCanary.XdsServer.Ingest.Re2;

/// <summary>Reads what may stand behind a backslash in RE2 (google/re2, doc/syntax.txt).</summary>
internal static class Re2Escape
{
    /// <summary>The code point of an escape that stands for a set of characters.</summary>
    public const int IsSet = -2;

    private const int MaximumRune = 0x10FFFF;
    private const string ListUrl = "see github.com/google/re2/wiki/Syntax";

    // Categories and the scripts that every release of RE2 in use knows; a newer name could be refused by an older proxy.
    private static readonly FrozenSet<string> UnicodeNames = (
        "Any C Cc Cf Co Cs L Ll Lm Lo Lt Lu M Mc Me Mn N Nd Nl No P Pc Pd Pe Pf Pi Po Ps S Sc Sk Sm So Z Zl Zp Zs "
        + "Arabic Armenian Bengali Bopomofo Braille Buhid Canadian_Aboriginal Cherokee Common Coptic Cypriot Cyrillic Deseret "
        + "Devanagari Ethiopic Georgian Gothic Greek Gujarati Gurmukhi Han Hangul Hanunoo Hebrew Hiragana Inherited Kannada "
        + "Katakana Khmer Lao Latin Limbu Linear_B Malayalam Mongolian Myanmar Ogham Old_Italic Oriya Osmanya Runic Shavian "
        + "Sinhala Syriac Tagalog Tagbanwa Tai_Le Tamil Telugu Thaana Thai Tibetan Ugaritic Yi")
        .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Reads an escape behind its backslash, one that may stand inside and outside of brackets.</summary>
    /// <param name="cursor">Behind the backslash.</param>
    /// <param name="rune">The code point meant, or <see cref="IsSet"/>.</param>
    /// <returns>Null when RE2 takes it.</returns>
    public static Re2Fault? Read(Re2Cursor cursor, out int rune)
    {
        rune = IsSet;
        if (cursor.AtEnd)
        {
            return new Re2Fault("ends with a backslash", "Write \\\\ for a backslash");
        }

        var escaped = cursor.TakeRune();
        switch (escaped)
        {
            case 'd' or 'D' or 's' or 'S' or 'w' or 'W':
                return null;
            case 'p' or 'P':
                return ReadUnicodeName(cursor);
            case 'x':
                return ReadHexadecimal(cursor, out rune);
            case >= '0' and <= '9':
                return ReadOctal(cursor, (char)escaped, out rune);
            case 'a' or 'f' or 't' or 'n' or 'r' or 'v':
                rune = escaped switch { 'a' => 7, 't' => 9, 'n' => 10, 'v' => 11, 'f' => 12, _ => 13 };
                return null;
            case >= 0 and < 128 when !char.IsAsciiLetterOrDigit((char)escaped):
                rune = escaped;
                return null;
            case 'k' or 'g':
                return BackReference();
            default:
                var shown = escaped < 0 ? "?" : char.ConvertFromUtf32(escaped);
                return new Re2Fault($"has the escape '\\{shown}', which RE2 does not know", $"Use RE2's escapes, {ListUrl}");
        }
    }

    private static Re2Fault BackReference() =>
        new("refers back to a group, which RE2 cannot do", "Write out what must be repeated");

    // \0 to \0nn, and \nn to \nnn with a first digit of 1 to 7; a digit alone is a reference to a group.
    private static Re2Fault? ReadOctal(Re2Cursor cursor, char first, out int rune)
    {
        var more = cursor.TakeWhile(digit => digit is >= '0' and <= '7', 2);
        rune = first is '8' or '9' ? 0 : Convert.ToInt32(first + more, 8);
        return first != '0' && (more.Length == 0 || first > '7') ? BackReference() : null;
    }

    private static Re2Fault? ReadHexadecimal(Re2Cursor cursor, out int rune)
    {
        var isBraced = cursor.Take("{");
        var digits = cursor.TakeWhile(char.IsAsciiHexDigit, isBraced ? 8 : 2);
        var isRead = int.TryParse(digits, NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out rune);
        var isWhole = isBraced ? cursor.Take("}") : digits.Length == 2;
        return isRead && isWhole && rune is >= 0 and <= MaximumRune
            ? null
            : new Re2Fault("has an unfinished \\x escape", "Write \\xHH or \\x{HHHH} with hexadecimal digits");
    }

    private static Re2Fault? ReadUnicodeName(Re2Cursor cursor)
    {
        string name;
        if (cursor.Take("{"))
        {
            if (!cursor.TakeThrough("}", out name))
            {
                return new Re2Fault("has a \\p{ without }", "Close it: \\p{Greek}");
            }

            name = name.StartsWith('^') ? name[1..] : name;
        }
        else
        {
            name = cursor.TakeWhile(_ => true, 1);
        }

        return UnicodeNames.Contains(name)
            ? null
            : new Re2Fault($"has the unknown Unicode class '{name}'", "Use a category such as \\pN or a script such as \\p{Greek}");
    }
}
