using XdsCanary.TestKit.Server;
using XdsCanary.XdsServer.FunctionalTests.Corpus;

namespace XdsCanary.XdsServer.FunctionalTests.CommandLine;

public sealed class ValidateCommandTests
{
    private static readonly string Broken = Path.Combine(ExpectedFault.Folder, "broken");

    [Theory]
    [InlineData("broken", "expected.txt")]
    [InlineData("broken-canaries", "expected-canaries.txt")]
    public async Task Validate_names_every_fault_with_place_object_field_and_fix(string folder, string list)
    {
        var expected = ExpectedFault.ReadAll(list);
        var path = Path.Combine(ExpectedFault.Folder, folder);

        var (exitCode, output) = await ServerProcess.RunAsync("validate", path);

        var lines = output.Split('\n');
        Assert.Equal(1, exitCode);
        Assert.Equal(expected.Select(fault => fault.Start(path + "/")), lines[..^1].Zip(expected, (line, fault) => Head(line, fault.Start(path + "/"))));
        Assert.All(lines[..^1].Zip(expected), pair => AssertSays(pair.First, pair.Second, path));
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
    public void Every_broken_canary_is_expected_to_be_named()
    {
        var files = Directory.EnumerateFiles(Path.Combine(ExpectedFault.Folder, "broken-canaries"))
            .Select(file => Path.GetFileName(file));
        var named = ExpectedFault.ReadAll("expected-canaries.txt").Select(fault => fault.File).ToHashSet();

        // This one holds what the others refer to.
        Assert.Equal(["stage.yaml"], files.Where(file => !named.Contains(file)));
        Assert.True(named.Count >= 55, $"{named.Count} broken manifests");
    }

    [Fact]
    public async Task Validate_for_standalone_refuses_what_needs_Kubernetes()
    {
        var path = Path.Combine(ExpectedFault.Folder, "broken-canaries", "mirror-weight-unused.yaml");

        var (exitCode, output) = await ServerProcess.RunAsync("validate", "--standalone", path);

        Assert.Equal(1, exitCode);
        Assert.Contains(
            "mirror-weight-unused.yaml:8: Canary default/mirror-weight-unused: spec.targetRef.kind: ", output, StringComparison.Ordinal);
        Assert.Contains("Use kind: Service; Deployments need Kubernetes.", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Validate_tells_what_is_not_acted_on_and_exits_0()
    {
        var path = Path.Combine(ExpectedFault.Folder, "broken-canaries", "service-of-other-router.yaml");

        var (exitCode, output) = await ServerProcess.RunAsync("validate", path);

        Assert.Equal(0, exitCode);
        Assert.Contains("spec.service.gateways: is not acted on: ", output, StringComparison.Ordinal);
        Assert.EndsWith("1 objects, no faults.", output, StringComparison.Ordinal);
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
    private static string Head(string line, string start) => line[..Math.Min(line.Length, start.Length)];

    private static void AssertSays(string line, ExpectedFault expected, string folder)
    {
        var rest = line[expected.Start(folder + "/").Length..];

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
