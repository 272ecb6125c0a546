using System.Text;

namespace XdsCanary.LoadTester.Tasks;

/// <summary>Splits a command into words as a shell does, and refuses what only a shell can do. Pure.</summary>
internal static class CommandWords
{
    private const string ShellOnly = ";|&<>`$()";
    private const string ShellOnlyInQuotes = "`$";
    private const string EscapedInQuotes = "\"\\`$";

    /// <summary>Splits a command.</summary>
    /// <param name="command">The command.</param>
    /// <param name="fault">Why it cannot be split; empty when it can.</param>
    /// <returns>The words; empty when it cannot be split.</returns>
    public static IReadOnlyList<string> Split(string command, out string fault)
    {
        var words = new List<string>();
        StringBuilder? word = null;
        var quote = '\0';
        for (var i = 0; i < command.Length; i++)
        {
            var c = command[i];
            if (quote != '\0' && c == quote)
            {
                quote = '\0';
            }
            else if (quote == '\0' && c is '\'' or '"')
            {
                quote = c;
                word ??= new StringBuilder();
            }
            else if (c == '\\' && i + 1 < command.Length && IsEscape(quote, command[i + 1]))
            {
                word = (word ?? new StringBuilder()).Append(command[++i]);
            }
            else if (quote == '\0' && char.IsWhiteSpace(c) && c != '\n')
            {
                Finish(words, ref word);
            }
            else if (IsShellOnly(c, quote))
            {
                fault = $"'{c}' needs a shell";
                return [];
            }
            else
            {
                word = (word ?? new StringBuilder()).Append(c);
            }
        }

        Finish(words, ref word);
        fault = quote != '\0' ? "a quote is not closed" : words.Count == 0 ? "it is empty" : string.Empty;
        return fault.Length == 0 ? words : [];
    }

    private static bool IsEscape(char quote, char next) => quote switch
    {
        '\0' => true,
        '"' => EscapedInQuotes.Contains(next, StringComparison.Ordinal),
        _ => false,
    };

    private static bool IsShellOnly(char c, char quote) => quote switch
    {
        '\0' => c == '\n' || ShellOnly.Contains(c, StringComparison.Ordinal),
        '"' => ShellOnlyInQuotes.Contains(c, StringComparison.Ordinal),
        _ => false,
    };

    private static void Finish(List<string> words, ref StringBuilder? word)
    {
        if (word is not null)
        {
            words.Add(word.ToString());
            word = null;
        }
    }
}
