namespace XdsCanary.XdsServer.Ingest.Re2;

/// <summary>A place in a pattern, moved forward by the readers of its parts. Used by one check, then dropped.</summary>
/// <param name="pattern">The pattern.</param>
internal sealed class Re2Cursor(string pattern)
{
    /// <summary>Index of the next character.</summary>
    public int Position { get; private set; }

    /// <summary>True when nothing is left.</summary>
    public bool AtEnd => Position >= pattern.Length;

    /// <summary>The next character; NUL at the end.</summary>
    public char Next => AtEnd ? '\0' : pattern[Position];

    /// <summary>Tells whether the rest begins with a text.</summary>
    /// <param name="text">The text.</param>
    public bool StartsWith(string text) => pattern.AsSpan(Position).StartsWith(text, StringComparison.Ordinal);

    /// <summary>Steps over a text if it comes next.</summary>
    /// <param name="text">The text.</param>
    /// <returns>True when it did.</returns>
    public bool Take(string text)
    {
        if (!StartsWith(text))
        {
            return false;
        }

        Position += text.Length;
        return true;
    }

    /// <summary>Steps over characters for as long as they are of a sort.</summary>
    /// <param name="isWanted">The sort.</param>
    /// <param name="limit">The most characters to take.</param>
    /// <returns>The characters.</returns>
    public string TakeWhile(Func<char, bool> isWanted, int limit = int.MaxValue)
    {
        var start = Position;
        while (!AtEnd && Position - start < limit && isWanted(Next))
        {
            Position++;
        }

        return pattern[start..Position];
    }

    /// <summary>Steps over everything before a text and the text itself; over the whole rest when it does not come.</summary>
    /// <param name="text">The text.</param>
    /// <param name="skipped">What stood before it.</param>
    /// <returns>True when it came.</returns>
    public bool TakeThrough(string text, out string skipped)
    {
        var index = pattern.IndexOf(text, Position, StringComparison.Ordinal);
        skipped = index < 0 ? pattern[Position..] : pattern[Position..index];
        Position = index < 0 ? pattern.Length : index + text.Length;
        return index >= 0;
    }

    /// <summary>Tells whether a text comes anywhere in the rest.</summary>
    /// <param name="text">The text.</param>
    public bool Contains(string text) => pattern.AsSpan(Position).Contains(text, StringComparison.Ordinal);

    /// <summary>Reads one code point, which may be two characters.</summary>
    /// <returns>The code point; -1 for half of one.</returns>
    public int TakeRune()
    {
        if (!System.Text.Rune.TryGetRuneAt(pattern, Position, out var rune))
        {
            Position++;
            return -1;
        }

        Position += rune.Utf16SequenceLength;
        return rune.Value;
    }

    /// <summary>Goes back (or on) to a place seen before.</summary>
    /// <param name="position">A value of <see cref="Position"/>.</param>
    public void MoveTo(int position) => Position = position;
}
