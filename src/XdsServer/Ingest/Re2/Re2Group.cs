namespace XdsCanary.XdsServer.Ingest.Re2;

/// <summary>Reads what may stand behind an opening parenthesis and a question mark in RE2 (google/re2, doc/syntax.txt).</summary>
internal static class Re2Group
{
    /// <summary>Reads the head of a group behind <c>(?</c>.</summary>
    /// <param name="cursor">Behind the question mark.</param>
    /// <param name="names">The names given so far; a new one is added.</param>
    /// <param name="opensGroup">False when only flags were set, as in <c>(?i)</c>.</param>
    /// <returns>Null when RE2 takes it.</returns>
    public static Re2Fault? Read(Re2Cursor cursor, HashSet<string> names, out bool opensGroup)
    {
        opensGroup = true;
        if (cursor.Take("P<"))
        {
            var hasEnd = cursor.TakeThrough(">", out var name);
            var isName = hasEnd && name.Length > 0 && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');
            return !isName ? new Re2Fault("has a malformed group name", "Write (?P<name>...) with letters, digits and '_'")
                : names.Add(name) ? null
                : new Re2Fault($"has two groups named '{name}'", "Give each group a name of its own");
        }

        return Forbidden(cursor) ?? ReadFlags(cursor, out opensGroup);
    }

    private static Re2Fault? Forbidden(Re2Cursor cursor)
    {
        if (cursor.StartsWith("=") || cursor.StartsWith("!") || cursor.StartsWith("<=") || cursor.StartsWith("<!"))
        {
            return new Re2Fault("looks ahead or behind, which RE2 cannot do", "Match the whole text without (?=, (?!, (?<= and (?<!");
        }

        if (cursor.StartsWith(">"))
        {
            return new Re2Fault("has an atomic group, which RE2 does not know", "Write (?:...)");
        }

        return cursor.StartsWith("<") || cursor.StartsWith("'")
            ? new Re2Fault("names a group in a spelling that not every proxy knows", "Write (?P<name>...)")
            : null;
    }

    // Flags, then at most one minus with flags behind it, then ':' or ')'.
    private static Re2Fault? ReadFlags(Re2Cursor cursor, out bool opensGroup)
    {
        cursor.TakeWhile(IsFlag);
        var isComplete = !cursor.Take("-") || cursor.TakeWhile(IsFlag).Length > 0;
        opensGroup = cursor.Take(":");
        return isComplete && (opensGroup || cursor.Take(")"))
            ? null
            : new Re2Fault("has a '(?' that RE2 does not know", "Use (?:...), (?P<name>...) or the flags i, m, s and U");
    }

    private static bool IsFlag(char letter) => letter is 'i' or 'm' or 's' or 'U';
}
