using System.Globalization;

namespace XdsCanary.XdsServer.Ingest.Re2;

/// <summary>
/// Checks regular expressions for RE2, the engine of Envoy's <c>safe_regex</c>. One that RE2 does not take makes Envoy reject
/// the whole route configuration, so it must be found before. The rules are those of google/re2, doc/syntax.txt; where
/// releases of RE2 differ, what any of them refuses is refused.
/// </summary>
internal static class Re2Syntax
{
    private const int MaximumRepeat = 1000;
    private const int MaximumDepth = 200;

    /// <summary>Checks an expression.</summary>
    /// <param name="pattern">The expression.</param>
    /// <returns>Null when RE2 takes it.</returns>
    public static Re2Fault? Check(string pattern)
    {
        var cursor = new Re2Cursor(pattern);
        var walk = new Walk();
        while (!cursor.AtEnd)
        {
            if (ReadPart(cursor, walk) is { } fault)
            {
                return fault;
            }
        }

        return walk.Outer.Count == 0
            ? null
            : new Re2Fault("has a '(' without ')'", "Close the group, or write \\( for the character");
    }

    private static Re2Fault? ReadPart(Re2Cursor cursor, Walk walk)
    {
        switch (cursor.Next)
        {
            case '(':
                cursor.Take("(");
                return OpenGroup(cursor, walk);
            case ')':
                cursor.Take(")");
                return CloseGroup(walk);
            case '|':
                cursor.Take("|");
                walk.HasItem = walk.IsRepeated = false;
                return null;
            case '[':
                cursor.Take("[");
                walk.Item(1);
                return Re2CharacterClass.Read(cursor);
            case '*' or '+' or '?' or '{':
                return ReadRepetition(cursor, walk);
            case '\\':
                cursor.Take("\\");
                return ReadEscape(cursor, walk);
            default:
                walk.Item(1);
                return cursor.TakeRune() < 0 ? new Re2Fault("is not valid Unicode", "Replace the broken character") : null;
        }
    }

    private static Re2Fault? OpenGroup(Re2Cursor cursor, Walk walk)
    {
        var opensGroup = true;
        if (cursor.Take("?") && Re2Group.Read(cursor, walk.Names, out opensGroup) is { } fault)
        {
            return fault;
        }

        walk.IsRepeated = false;
        if (!opensGroup)
        {
            return null;
        }

        walk.Outer.Push(walk.Repeats);
        walk.Repeats = 1;
        walk.HasItem = false;
        return walk.Outer.Count > MaximumDepth ? new Re2Fault("is nested too deep", "Use fewer groups") : null;
    }

    private static Re2Fault? CloseGroup(Walk walk)
    {
        if (!walk.Outer.TryPop(out var outerRepeats))
        {
            return new Re2Fault("has a ')' without '('", "Open the group, or write \\) for the character");
        }

        var inner = walk.Repeats;
        walk.Repeats = outerRepeats;
        walk.Item(inner);
        return null;
    }

    private static Re2Fault? ReadEscape(Re2Cursor cursor, Walk walk)
    {
        if (cursor.Take("Q"))
        {
            var isClosed = cursor.TakeThrough("\\E", out var quoted);
            if (quoted.Length > 0)
            {
                walk.Item(1);
            }

            // RE2 takes a quote that is never closed, but nothing could be put behind such an expression.
            return isClosed ? null : new Re2Fault("has a \\Q without \\E", "Close the quote with \\E");
        }

        walk.Item(1);
        var isPosition = cursor.Take("b") || cursor.Take("B") || cursor.Take("A") || cursor.Take("z") || cursor.Take("C");
        return isPosition ? null : Re2Escape.Read(cursor, out _);
    }

    private static Re2Fault? ReadRepetition(Re2Cursor cursor, Walk walk)
    {
        var times = 1;
        if (cursor.Next != '{')
        {
            cursor.TakeRune();
        }
        else if (!TakeCounts(cursor, out var minimum, out var maximum))
        {
            // Braces that are no repetition are ordinary characters.
            cursor.Take("{");
            walk.Item(1);
            return null;
        }
        else if (minimum > MaximumRepeat || maximum > MaximumRepeat || minimum > maximum)
        {
            return new Re2Fault($"repeats beyond {MaximumRepeat} times, or from more to fewer", "Use lower bounds, or * and +");
        }
        else
        {
            times = Math.Max(maximum, 1);
        }

        if (!walk.HasItem || walk.IsRepeated)
        {
            return new Re2Fault(
                walk.HasItem ? "repeats a repetition, which RE2 does not allow" : "repeats nothing",
                walk.HasItem ? "Keep one of the two operators, or put a group around the first" : "Put something before the operator");
        }

        cursor.Take("?");
        walk.IsRepeated = true;
        walk.ItemRepeats *= times;
        walk.Repeats = Math.Max(walk.Repeats, walk.ItemRepeats);
        return walk.Repeats > MaximumRepeat
            ? new Re2Fault($"repeats more than {MaximumRepeat} times in all", "Use lower bounds, or * and +")
            : null;
    }

    // {n}, {n,} and {n,m}; no upper bound counts as the lower one, as RE2 does it.
    private static bool TakeCounts(Re2Cursor cursor, out int minimum, out int maximum)
    {
        var start = cursor.Position;
        cursor.Take("{");
        var low = cursor.TakeWhile(char.IsAsciiDigit);
        var hasComma = cursor.Take(",");
        var high = hasComma ? cursor.TakeWhile(char.IsAsciiDigit) : low;
        minimum = ParseCount(low);
        maximum = high.Length == 0 ? minimum : ParseCount(high);
        if (low.Length > 0 && cursor.Take("}"))
        {
            return true;
        }

        cursor.MoveTo(start);
        return false;
    }

    private static int ParseCount(string digits) =>
        int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var count) ? count : int.MaxValue;

    /// <summary>What must be remembered along the way.</summary>
    private sealed class Walk
    {
        /// <summary>The greatest product of nested counts in each group around the place.</summary>
        public Stack<int> Outer { get; } = new();

        /// <summary>The group names given so far.</summary>
        public HashSet<string> Names { get; } = new(StringComparer.Ordinal);

        /// <summary>The greatest product of nested counts in the group so far.</summary>
        public int Repeats { get; set; } = 1;

        /// <summary>The product of nested counts of the item before the place.</summary>
        public int ItemRepeats { get; set; } = 1;

        /// <summary>True when there is an item that an operator could repeat.</summary>
        public bool HasItem { get; set; }

        /// <summary>True when that item has an operator already.</summary>
        public bool IsRepeated { get; set; }

        /// <summary>Notes an item.</summary>
        /// <param name="repeats">The product of nested counts in it.</param>
        public void Item(int repeats)
        {
            HasItem = true;
            IsRepeated = false;
            ItemRepeats = repeats;
            Repeats = Math.Max(Repeats, repeats);
        }
    }
}
