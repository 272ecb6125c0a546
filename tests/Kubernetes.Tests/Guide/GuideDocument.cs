using System.Text.RegularExpressions;

namespace XdsCanary.Kubernetes.Tests.Guide;

/// <summary>
/// Reads the commands of a manual: blocks marked <c>sh</c>, each perhaps followed by one marked <c>text</c> with what it prints. A
/// comment above a block says otherwise: <c>not run: REASON</c>, or <c>repeated</c>. Pure.
/// </summary>
public static partial class GuideDocument
{
    private const string Fence = "```";

    /// <summary>Reads a manual.</summary>
    /// <param name="text">Its text, in Markdown.</param>
    /// <exception cref="FormatException">A block has no end, or a mark is unknown.</exception>
    public static IReadOnlyList<GuideStep> Read(string text)
    {
        var lines = text.Split('\n');
        var steps = new List<GuideStep>();
        var heading = string.Empty;
        var mark = string.Empty;
        for (var index = 0; index < lines.Length; index++)
        {
            var line = lines[index];
            if (line.StartsWith(Fence, StringComparison.Ordinal))
            {
                var start = index + 1;
                var body = Block(lines, ref index);
                switch (line[Fence.Length..])
                {
                    case "sh":
                        steps.Add(Step(start, heading, string.Join('\n', body), mark));
                        break;
                    case "text" when steps.Count > 0:
                        steps[^1] = steps[^1] with { Expected = new ExpectedOutput(body) };
                        break;
                }

                mark = string.Empty;
            }
            else if (line.StartsWith('#'))
            {
                heading = line.TrimStart('#').Trim();
            }
            else if (Comment().Match(line) is { Success: true } comment)
            {
                mark = comment.Groups["text"].Value;
            }
        }

        return steps;
    }

    private static string[] Block(string[] lines, ref int index)
    {
        var start = index + 1;
        index = Array.IndexOf(lines, Fence, start);
        return index < 0 ? throw new FormatException($"The block in line {start} has no end.") : lines[start..index];
    }

    private static GuideStep Step(int line, string heading, string commands, string mark)
    {
        const string NotRun = "not run: ";
        var isRepeated = mark == "repeated";
        var reason = mark.StartsWith(NotRun, StringComparison.Ordinal) ? mark[NotRun.Length..] : null;
        return mark.Length == 0 || isRepeated || reason is not null
            ? new GuideStep(line, heading, commands, ExpectedOutput.Nothing, isRepeated, reason)
            : throw new FormatException($"Nobody knows the mark '{mark}' above line {line}.");
    }

    [GeneratedRegex("^<!-- (?<text>.+) -->$")]
    private static partial Regex Comment();
}
