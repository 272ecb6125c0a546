using System.Collections.Frozen;

namespace XdsCanary.XdsServer.Ingest.Re2;

/// <summary>Reads a character class in brackets as RE2 does (google/re2, doc/syntax.txt).</summary>
internal static class Re2CharacterClass
{
    private static readonly FrozenSet<string> PosixNames =
        "alnum alpha ascii blank cntrl digit graph lower print punct space upper word xdigit"
            .Split(' ').ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Reads a class behind its opening bracket, up to and with the closing one.</summary>
    /// <param name="cursor">Behind the opening bracket.</param>
    /// <returns>Null when RE2 takes it.</returns>
    public static Re2Fault? Read(Re2Cursor cursor)
    {
        cursor.Take("^");

        // A closing bracket that comes first is an ordinary character.
        for (var isFirst = true; isFirst || !cursor.Take("]"); isFirst = false)
        {
            if (cursor.AtEnd)
            {
                return new Re2Fault("has a '[' without ']'", "Close the bracket, or write \\[ for the character");
            }

            if (ReadItem(cursor) is { } fault)
            {
                return fault;
            }
        }

        return null;
    }

    private static Re2Fault? ReadItem(Re2Cursor cursor)
    {
        if (cursor.StartsWith("[:") && cursor.Contains(":]"))
        {
            cursor.Take("[:");
            cursor.TakeThrough(":]", out var name);
            return PosixNames.Contains(name.TrimStart('^'))
                ? null
                : new Re2Fault($"has the unknown class '[:{name}:]'", "Use a name such as [:alpha:]");
        }

        if (ReadEnd(cursor, out var low) is { } fault)
        {
            return fault;
        }

        // A minus right before the closing bracket, or behind a set such as \d, is an ordinary character.
        if (low == Re2Escape.IsSet || !cursor.StartsWith("-") || cursor.StartsWith("-]"))
        {
            return null;
        }

        cursor.Take("-");
        if (cursor.AtEnd)
        {
            return null;
        }

        if (ReadEnd(cursor, out var high) is { } highFault)
        {
            return highFault;
        }

        return high != Re2Escape.IsSet && low <= high
            ? null
            : new Re2Fault("has a range whose end is not above its start", "Write the lower character first, or \\- for a minus");
    }

    private static Re2Fault? ReadEnd(Re2Cursor cursor, out int rune)
    {
        if (cursor.Take("\\"))
        {
            return Re2Escape.Read(cursor, out rune);
        }

        rune = cursor.TakeRune();
        return rune < 0 ? new Re2Fault("is not valid Unicode", "Replace the broken character") : null;
    }
}
