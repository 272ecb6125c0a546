namespace XdsCanary.LoadTester.Tasks;

/// <summary>Decides which commands may run, and how. Pure.</summary>
/// <param name="allow">Programs, each perhaps with its first arguments.</param>
/// <param name="allowBash">Anything may run, by a shell.</param>
internal sealed class CommandPolicy(IEnumerable<string> allow, bool allowBash)
{
    private readonly string[][] _allow =
        [.. allow.Select(entry => entry.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries)).Where(entry => entry.Length > 0)];

    /// <summary>A command line, as <c>cmd</c> tasks give it: without a shell it must be on the list.</summary>
    /// <param name="command">The command.</param>
    /// <param name="shell">The shell that takes it where shells are allowed.</param>
    public CommandVerdict OfLine(string command, string shell)
    {
        if (allowBash)
        {
            return new CommandVerdict([shell, "-c", command], string.Empty);
        }

        var words = CommandWords.Split(command, out var fault);
        return fault.Length == 0
            ? OfWords(words)
            : CommandVerdict.Refuse($"command '{command}' cannot run without a shell: {fault}; start the load tester with --allow-bash");
    }

    /// <summary>A script for bash.</summary>
    /// <param name="command">The script.</param>
    public CommandVerdict OfScript(string command) => allowBash
        ? OfLine(command, "bash")
        : CommandVerdict.Refuse("bash tasks are off; start the load tester with --allow-bash");

    /// <summary>A program with its arguments.</summary>
    /// <param name="words">The program and its arguments.</param>
    public CommandVerdict OfWords(IReadOnlyList<string> words) =>
        allowBash || Array.Exists(_allow, entry => entry.Length <= words.Count && entry.SequenceEqual(words.Take(entry.Length)))
            ? new CommandVerdict(words, string.Empty)
            : CommandVerdict.Refuse($"command '{words[0]}' is not on the list of allowed commands; start the load tester with --allow");
}

/// <summary>Whether a command may run.</summary>
/// <param name="Words">The program and its arguments; empty when it may not.</param>
/// <param name="Refusal">Why it may not; empty when it may.</param>
internal sealed record CommandVerdict(IReadOnlyList<string> Words, string Refusal)
{
    /// <summary>It may not.</summary>
    /// <param name="reason">Why.</param>
    public static CommandVerdict Refuse(string reason) => new([], reason);
}
