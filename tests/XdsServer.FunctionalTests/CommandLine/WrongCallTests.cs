using System.Net;
using System.Net.Sockets;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Processes;
using XdsCanary.TestKit.Server;

namespace XdsCanary.XdsServer.FunctionalTests.CommandLine;

/// <summary>What is called wrongly is told in one sentence, with the names of the setting, and never with a stack trace.</summary>
public sealed class WrongCallTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public static TheoryData<string, string> Calls => new()
    {
        {
            "serve --xds-prot 1",
            "'--xds-prot' is not an option of xds-canary serve; did you mean --xds-port (XDSCANARY_XDS_PORT, XdsCanary:XdsPort)? "
                + "See 'xds-canary serve --help'."
        },
        { "serve --colour blue", "'--colour' is not an option of xds-canary serve. See 'xds-canary serve --help'." },
        { "sevre", "'sevre' is not a command of xds-canary; did you mean serve? See 'xds-canary --help'." },
        { "render {folder} extra", "'extra' is not an argument of xds-canary render. See 'xds-canary render --help'." },
        {
            "serve --xds-port",
            "Required argument missing for option: --xds-port (XDSCANARY_XDS_PORT, XdsCanary:XdsPort). See 'xds-canary serve --help'."
        },
        {
            "serve --manifests {folder} --xds-port http",
            "--xds-port (XDSCANARY_XDS_PORT, XdsCanary:XdsPort) must be a whole number, not 'http'."
        },
        {
            "serve --manifests {folder} --xds-port 70000",
            "--xds-port (XDSCANARY_XDS_PORT, XdsCanary:XdsPort) must be from 0 to 65535, not 70000."
        },
        {
            "serve --manifests {folder} --route-timeout soon",
            "--route-timeout (XDSCANARY_ROUTE_TIMEOUT, XdsCanary:RouteTimeout) must be a duration such as 500ms, 15s or 2m, not 'soon'."
        },
        {
            "serve --manifests {folder}/none",
            "--manifests (XDSCANARY_MANIFESTS, XdsCanary:Manifests) names '{folder}/none', which is not a directory; "
                + "create it or name another."
        },
        {
            "serve",
            "--manifests (XDSCANARY_MANIFESTS, XdsCanary:Manifests) is missing: name the directory of the manifests to serve."
        },
        { "bootstrap --node a --xds-port 0", "--xds-port must be from 1 to 65535, not 0." },
        { "bootstrap --node a --max-connections 0", "--max-connections must be at least 1, not 0." },
        { "bootstrap", "Option '--node' is required. See 'xds-canary bootstrap --help'." },
        { "render {folder}/none", "There is no directory '{folder}/none'." },
    };

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Wrong_call_gets_one_sentence_and_exit_code_2(string arguments, string expected)
    {
        var (exitCode, output) = await ServerProcess.RunAsync(
            [.. arguments.Split(' ').Select(argument => argument.Replace("{folder}", _folder.FullPath, StringComparison.Ordinal))]);

        Assert.Equal(expected.Replace("{folder}", _folder.FullPath, StringComparison.Ordinal), output);
        Assert.Equal(2, exitCode);
    }

    [Theory]
    [InlineData("{ \"XdsCanary\": { \"XdsProt\": 1 } }", "XdsCanary:XdsProt is not a setting; did you mean XdsCanary:XdsPort?")]
    [InlineData("{ \"XdsCanary\": ", "The settings cannot be read: ")]
    public async Task Wrong_settings_file_gets_one_sentence_and_exit_code_2(string json, string expected)
    {
        var file = _folder.Write("settings.json", json);

        var (exitCode, output) = await ServerProcess.RunAsync("serve", "--manifests", _folder.FullPath, "--settings", file);

        Assert.StartsWith(expected, output, StringComparison.Ordinal);
        Assert.Single(output.Split('\n'));
        Assert.Equal(2, exitCode);
    }

    [Fact]
    public async Task Absent_settings_file_gets_one_sentence_and_exit_code_2()
    {
        var (exitCode, output) = await ServerProcess.RunAsync("serve", "--settings", "/no/such/file.json");

        Assert.Contains("/no/such/file.json", output, StringComparison.Ordinal);
        Assert.Equal(2, exitCode);
    }

    [Theory]
    [InlineData("xds", "--xds-port (XDSCANARY_XDS_PORT, XdsCanary:XdsPort)")]
    [InlineData("admin", "--admin-port (XDSCANARY_ADMIN_PORT, XdsCanary:AdminPort)")]
    public async Task Taken_port_is_named_with_its_setting_and_fails(string port, string names)
    {
        using var taken = new TcpListener(IPAddress.Loopback, FreePort.Next());
        taken.Start();
        var number = ((IPEndPoint)taken.LocalEndpoint).Port;
        string[] ports = port == "xds"
            ? ["--xds-port", $"{number}", "--admin-port", "0"]
            : ["--xds-port", "0", "--admin-port", $"{number}"];

        var (exitCode, output) = await ServerProcess.RunAsync(
            ["serve", "--manifests", _folder.FullPath, "--xds-address", "127.0.0.1", .. ports]);

        Assert.Equal(1, exitCode);
        Assert.Contains(
            $"The server cannot start: {names} names port {number} of 127.0.0.1, which another program uses; "
                + "stop that one, or choose another port.",
            output.Split('\n'));
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
        Assert.DoesNotContain("Exception", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Address_of_another_machine_is_named_with_its_setting()
    {
        var (exitCode, output) = await ServerProcess.RunAsync(
            "serve", "--manifests", _folder.FullPath, "--xds-address", "192.0.2.1", "--xds-port", "0", "--admin-port", "0");

        Assert.Equal(1, exitCode);
        Assert.Contains("--xds-address (XDSCANARY_XDS_ADDRESS, XdsCanary:XdsAddress) names 192.0.2.1", output, StringComparison.Ordinal);
        Assert.DoesNotContain("   at ", output, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Dispose();
}
