using System.Text.RegularExpressions;
using XdsCanary.Architecture.Tests.Sources;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Processes;

namespace XdsCanary.Architecture.Tests;

/// <summary>The acceptance cases and hazards of the engine's specification: each has a test by its id, or a line that says why not.</summary>
public sealed partial class CaseTests
{
    private const int Hazards = 34;

    private static readonly string Specification = RepositoryPaths.Combine("..", "shared", "spec", "flagger.md");

    [Fact]
    public void Every_case_has_a_test_by_its_id_or_is_listed()
    {
        Assert.SkipUnless(File.Exists(Specification), "The specification is not here.");
        var tested = Repository.Files("tests", "*.cs").SelectMany(path => Ids(TestName(), path)).ToHashSet();
        var listed = Ids(Listed(), Path.Combine("tests", "CanaryEngine.Tests", "README.md")).ToHashSet();

        Violations.AssertNone(
            "Name a test after the case, or list it in tests/CanaryEngine.Tests/README.md.",
            Cases().Where(id => !tested.Contains(id) && !listed.Contains(id)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_case_that_the_list_of_tests_counts_has_a_test_or_a_reason()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux(), "This test runs 'bash', which is looked for on Linux only.");
        var (exitCode, output) = await ChildProcess.RunAsync("/usr/bin/env", ["bash", RepositoryPaths.Combine("eng", "cases.sh")]);

        Assert.True(exitCode == 0, output);
        Assert.Matches(@"\n\d+ ids, \d+ of them with a test, \d+ without:\n", output);
    }

    private static IEnumerable<string> Cases()
    {
        var text = File.ReadAllText(Specification);
        var start = text.IndexOf("\n## 11", StringComparison.Ordinal);
        var section = text[start..text.IndexOf("\n## ", start + 1, StringComparison.Ordinal)];
        return Ids(Listed().Matches(section)).Concat(Enumerable.Range(1, Hazards).Select(number => $"H-{number:00}")).Distinct();
    }

    private static IEnumerable<string> Ids(Regex form, string path) =>
        Ids(form.Matches(File.ReadAllText(RepositoryPaths.Combine(path))));

    private static IEnumerable<string> Ids(MatchCollection matches) => matches.SelectMany(match =>
    {
        var first = int.Parse(match.Groups["first"].Value);
        var last = match.Groups["last"] is { Success: true } group ? int.Parse(group.Value) : first;
        return Enumerable.Range(first, last - first + 1).Select(number => $"{match.Groups["kind"].Value}-{number:00}");
    });

    [GeneratedRegex(@"(?<![A-Za-z])(?<kind>CTL|RTR|CAN|MET|NOT|LDT|API|E2E|H)_(?<first>\d+)(_to_(\k<kind>_)?(?<last>\d+))?")]
    private static partial Regex TestName();

    [GeneratedRegex(@"\b(?<kind>CTL|RTR|CAN|MET|NOT|LDT|API|E2E|H)-(?<first>\d+)(( to |\.\.|/)(\k<kind>-)?(?<last>\d+))?")]
    private static partial Regex Listed();
}
