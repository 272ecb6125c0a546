using XdsCanary.TestKit.Server;
using XdsCanary.XdsServer.FunctionalTests.Corpus;

namespace XdsCanary.XdsServer.FunctionalTests.CommandLine;

public sealed class ValidateCommandTests
{
    private static readonly string Broken = Path.Combine(ExpectedFault.Folder, "broken");

    [Fact]
    public async Task Validate_names_every_fault_with_place_object_field_and_fix()
    {
        var expected = ExpectedFault.ReadAll();

        var (exitCode, output) = await ServerProcess.RunAsync("validate", Broken);

        var lines = output.Split('\n');
        Assert.Equal(1, exitCode);
        Assert.Equal(expected.Select(fault => fault.Start(Broken + "/")), lines[..^1].Zip(expected, (line, fault) => Head(line, fault)));
        Assert.All(lines[..^1].Zip(expected), pair => AssertSays(pair.First, pair.Second));
        Assert.Equal(expected.Count, lines.Length - 1);
        AssertNoTrace(output);
    }

    [Fact]
    public void Every_broken_manifest_is_expected_to_be_named()
    {
        var files = Directory.EnumerateFiles(Broken).Select(file => Path.GetFileName(file)).Order(StringComparer.Ordinal).ToList();
        var named = ExpectedFault.ReadAll().Select(fault => fault.File).ToHashSet();

        // These two hold what the others refer to, and the first of two that are the same.
        Assert.Equal(["stage.yaml", "twice-a.yaml"], files.Where(file => !named.Contains(file)));
        Assert.True(named.Count >= 45, $"{named.Count} broken manifests");
    }

    [Fact]
    public async Task Validate_of_one_file_judges_it_by_itself()
    {
        var (exitCode, output) = await ServerProcess.RunAsync("validate", Path.Combine(Broken, "yaml-tab.yaml"));

        Assert.Equal(1, exitCode);
        Assert.Equal(2, output.Split('\n').Length);
        Assert.EndsWith("0 objects, 1 fault.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_of_good_manifests_finds_no_fault()
    {
        var (exitCode, output) = await ServerProcess.RunAsync("validate", Path.Combine(ExpectedFault.Folder, "good"));

        Assert.Equal("10 objects, no faults.", output);
        Assert.Equal(0, exitCode);
    }

    [Fact]
    public async Task Validate_of_a_path_that_is_not_there_is_a_wrong_call()
    {
        var (exitCode, output) = await ServerProcess.RunAsync("validate", "/no/such/place");

        Assert.Equal("There is no file or directory '/no/such/place'.", output);
        Assert.Equal(2, exitCode);
    }

    [Fact]
    public async Task Validate_without_a_path_is_a_wrong_call()
    {
        var (exitCode, output) = await ServerProcess.RunAsync("validate");

        Assert.Equal(2, exitCode);
        Assert.Single(output.Split('\n'));
        AssertNoTrace(output);
    }

    // The beginning of a line as long as the expected one, so that a difference shows as one of texts.
    private static string Head(string line, ExpectedFault fault) => line[..Math.Min(line.Length, fault.Start(Broken + "/").Length)];

    private static void AssertSays(string line, ExpectedFault expected)
    {
        var rest = line[expected.Start(Broken + "/").Length..];

        // "What is wrong. What to do."
        Assert.Matches(@"^\S.*\S\. [A-Z].*\S\.$", rest);
        Assert.Contains(expected.Text, rest, StringComparison.Ordinal);
    }

    private static void AssertNoTrace(string output)
    {
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
    }
}
