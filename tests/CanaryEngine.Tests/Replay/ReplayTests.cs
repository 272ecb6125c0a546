using System.Text.Json;

namespace XdsCanary.CanaryEngine.Tests.Replay;

/// <summary>
/// The runs that released Flagger was recorded with, decided again with the same answers. What differs stands in
/// docs/differences-from-flagger.md, all of it and nothing else.
/// </summary>
public sealed class ReplayTests
{
    private static readonly string[] Aspects = ["course", "failedChecks", "iterations", "events", "hooks", "alerts", "traffic"];

    [Fact]
    public void Every_difference_from_the_recorded_runs_is_listed_and_every_listed_one_occurs()
    {
        var found = RecordedRun.All().SelectMany(Differences).Order(StringComparer.Ordinal).ToList();
        var listed = Listed().Split("\n## Objects")[0].Split('\n')
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .Select(line => (Cells: line.Split(" | "), Line: line))
            .Select(row => (Row: string.Join(" | ", row.Cells[..^1]), Reason: row.Cells[^1]))
            .OrderBy(row => row.Row, StringComparer.Ordinal).ToList();

        Assert.Equal(string.Join('\n', found), string.Join('\n', listed.Select(row => row.Row)));
        Assert.All(listed, row => Assert.True(row.Reason.Length > 4, row.Row));
    }

    [Fact]
    public void All_fourteen_runs_are_replayed() => Assert.Equal(14, RecordedRun.All().Count);

    private static string Listed()
    {
        using var stream = typeof(ReplayTests).Assembly.GetManifestResourceStream("differences")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }

    private static IEnumerable<string> Differences(JsonElement run)
    {
        var name = run.GetProperty("name").GetString()!;
        var world = RecordedRun.Replay(run);
        foreach (var aspect in Aspects)
        {
            var theirs = run.GetProperty(aspect).EnumerateArray().Select(item => item.GetString()!).ToList();
            var ours = RecordedRun.Read(world, aspect, run);
            var (removed, added) = Compare(theirs, ours);
            if (removed.Count + added.Count > 0)
            {
                yield return $"| `{name}` | {aspect} | {Cell(removed)} | {Cell(added)}";
            }
        }
    }

    private static string Cell(List<string> values) => values.Count == 0
        ? "nothing"
        : string.Join("; ", values.GroupBy(value => value).Select(group =>
            group.Count() == 1 ? group.Key : $"{group.Count()} x {group.Key}")).Replace("|", "/", StringComparison.Ordinal);

    // What is only in one of two sequences, by their longest common part.
    private static (List<string> Removed, List<string> Added) Compare(List<string> left, List<string> right)
    {
        var common = new int[left.Count + 1, right.Count + 1];
        for (var i = left.Count - 1; i >= 0; i--)
        {
            for (var j = right.Count - 1; j >= 0; j--)
            {
                common[i, j] = left[i] == right[j] ? common[i + 1, j + 1] + 1 : Math.Max(common[i + 1, j], common[i, j + 1]);
            }
        }

        var (removed, added, x, y) = (new List<string>(), new List<string>(), 0, 0);
        while (x < left.Count || y < right.Count)
        {
            if (x < left.Count && y < right.Count && left[x] == right[y])
            {
                (x, y) = (x + 1, y + 1);
            }
            else if (y == right.Count || (x < left.Count && common[x + 1, y] >= common[x, y + 1]))
            {
                removed.Add(left[x++]);
            }
            else
            {
                added.Add(right[y++]);
            }
        }

        return (removed, added);
    }
}
