using XdsCanary.TestKit.Server;
using XdsCanary.XdsServer.Hosting;

namespace XdsCanary.XdsServer.FunctionalTests.CommandLine;

public sealed class HelpTests
{
    [Fact]
    public async Task Help_lists_every_command_and_the_exit_codes()
    {
        var (exitCode, output) = await ServerProcess.RunAsync("--help");

        Assert.Equal(0, exitCode);
        Assert.All(["serve", "validate", "render", "bootstrap", "demo", "loadtester"], command => Assert.Matches($@"(?m)^  {command}\b", output));
        Assert.Contains("Exit codes: 0 success; 1 fault found or failed; 2 called wrongly.", Flat(output), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("serve", "--help")]
    public async Task Help_lists_every_setting_with_its_variable_and_default(params string[] arguments)
    {
        var (_, output) = await ServerProcess.RunAsync(arguments);

        var text = Flat(output);
        Assert.All(SettingCatalog.All, setting =>
        {
            Assert.Contains($"{setting.Option} <", text, StringComparison.Ordinal);
            Assert.Contains($"({setting.Variable})", text, StringComparison.Ordinal);
        });
        Assert.Contains("(XDSCANARY_ROUTE_TIMEOUT) [default: 15s]", text, StringComparison.Ordinal);
        Assert.Contains("--route-timeout <DURATION>", text, StringComparison.Ordinal);
        Assert.Contains("--settings <FILE>", text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("validate", "FILES")]
    [InlineData("render", "DIR")]
    [InlineData("bootstrap", "--node")]
    [InlineData("demo", "--envoy")]
    [InlineData("loadtester", "--allow-bash")]
    public async Task Help_of_a_command_names_what_it_takes(string command, string expected)
    {
        var (exitCode, output) = await ServerProcess.RunAsync(command, "--help");

        Assert.Equal(0, exitCode);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    // Help is broken into lines by the width of the terminal.
    private static string Flat(string output) =>
        string.Join(' ', output.Split(default(char[]), StringSplitOptions.RemoveEmptyEntries));
}
