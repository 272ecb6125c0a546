using System.Text.RegularExpressions;

namespace XdsCanary.Kubernetes.Tests.Guide;

/// <summary>
/// Lines that an output must have, in this order; others may be between them. Spaces count as one however many they are, and
/// <c>...</c> stands for any text, or none. Pure.
/// </summary>
/// <param name="lines">The lines.</param>
public sealed partial class ExpectedOutput(IReadOnlyList<string> lines)
{
    /// <summary>Nothing is expected.</summary>
    public static ExpectedOutput Nothing { get; } = new([]);

    /// <summary>Finds the first line that is missing behind those before it.</summary>
    /// <param name="output">What was printed.</param>
    /// <returns>The line; null when all are there.</returns>
    public string? Missing(string output)
    {
        var printed = new Queue<string>(output.Split('\n').Select(line => line.Trim()));
        foreach (var line in lines.Where(line => line.Trim().Length > 0))
        {
            var pattern = Pattern(line);
            while (true)
            {
                if (!printed.TryDequeue(out var found))
                {
                    return line;
                }

                if (pattern.IsMatch(found))
                {
                    break;
                }
            }
        }

        return null;
    }

    private static Regex Pattern(string line)
    {
        var parts = Gap().Split(line.Trim()).Select(part => string.Join(@"\s+", Space().Split(part).Select(Regex.Escape)));
        return new Regex($@"\A{string.Join(@"\s*.*?\s*", parts)}\z", RegexOptions.CultureInvariant);
    }

    [GeneratedRegex(@"\s*\.\.\.\s*")]
    private static partial Regex Gap();

    [GeneratedRegex(@"\s+")]
    private static partial Regex Space();
}
