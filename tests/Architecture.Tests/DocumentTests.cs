using System.Text.RegularExpressions;
using XdsCanary.Architecture.Tests.Sources;
using XdsCanary.TestKit;

namespace XdsCanary.Architecture.Tests;

/// <summary>Rules about what is written around the code.</summary>
public sealed partial class DocumentTests
{
    // Written in two parts, so that this file does not break its own rules.
    private const string ToDo = "TO" + "DO";
    private const string OutsideFolder = ".." + "/shared";

    private static readonly string[] TextFiles = ["*.cs", "*.csproj", "*.props", "*.targets", "*.sh", "*.md", "*.yaml", "*.json"];

    public static TheoryData<string> SourceProjects => [.. Repository.SourceProjects];

    [Theory]
    [MemberData(nameof(SourceProjects))]
    public void Project_has_a_readme(string project) =>
        Assert.True(File.Exists(RepositoryPaths.Combine("src", project, "README.md")), $"src/{project}/README.md is missing.");

    [Fact]
    public void Things_left_to_do_name_an_issue() => Violations.AssertNone(
        $"Write '{ToDo}(#12): ...' or do it now.",
        from line in Lines()
        where line.Text.Contains(ToDo, StringComparison.Ordinal) && !IssueMark().IsMatch(line.Text)
        select $"{line.Path}:{line.Number}: {line.Text.Trim()}");

    [Fact]
    public void Nothing_refers_to_folders_outside_the_repository() => Violations.AssertNone(
        "Only .ci/run knows the machine it runs on.",
        from line in Lines()
        where line.Text.Contains(OutsideFolder, StringComparison.Ordinal)
        select $"{line.Path}:{line.Number}: {line.Text.Trim()}");

    [Fact]
    public void Readme_and_continuous_integration_test_with_the_same_command()
    {
        const string Command = "dotnet test XdsCanary.sln -c ";
        var stages = File.ReadAllText(RepositoryPaths.Combine("eng", "ci.sh"));

        Assert.Contains($"{Command}\"$configuration\"", stages, StringComparison.Ordinal);
        Assert.Contains("configuration=Release", stages, StringComparison.Ordinal);
        Assert.Contains($"{Command}Release", File.ReadAllText(RepositoryPaths.Combine("README.md")), StringComparison.Ordinal);
    }

    private static IEnumerable<(string Path, int Number, string Text)> Lines() =>
        from path in TextFiles.SelectMany(pattern => Repository.Files(string.Empty, pattern))
        from line in File.ReadLines(RepositoryPaths.Combine(path)).Index()
        select (path, line.Index + 1, line.Item);

    [GeneratedRegex(@"TOD[O]\(#\d+\)")]
    private static partial Regex IssueMark();
}
