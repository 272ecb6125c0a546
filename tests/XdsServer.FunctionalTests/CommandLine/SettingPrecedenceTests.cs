using XdsCanary.TestKit.Manifests;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Server;

namespace XdsCanary.XdsServer.FunctionalTests.CommandLine;

public sealed class SettingPrecedenceTests
{
    [Fact]
    public async Task Command_line_wins_over_environment_and_environment_over_file()
    {
        using var manifests = new ManifestFolder();
        using var folder = new TemporaryFolder();
        manifests.WriteRoot("web");
        var file = folder.Write(
            "settings.json",
            """{ "XdsCanary": { "RouteTimeout": "1s", "ConnectTimeout": "2s", "ClusterDomain": "file.test", "XdsPort": 1 } }""");

        await using var server = await ServerProcess.StartAsync(new ServerOptions
        {
            Manifests = manifests.FullPath,
            Arguments = ["--settings", file, "--route-timeout", "7s"],
            Environment = new Dictionary<string, string>
            {
                ["XDSCANARY_ROUTE_TIMEOUT"] = "6s",
                ["XDSCANARY_CONNECT_TIMEOUT"] = "3s",
            },
        });

        using var snapshot = await server.Admin.GetJsonAsync("/debug/snapshots/default");
        var host = snapshot.RootElement.GetProperty("rds")[0].GetProperty("virtual_hosts")[0];
        Assert.Equal("7s", host.GetProperty("routes")[0].GetProperty("route").GetProperty("timeout").GetString());
        Assert.Equal("3s", snapshot.RootElement.GetProperty("cds")[0].GetProperty("connect_timeout").GetString());
        Assert.Contains(
            host.GetProperty("domains").EnumerateArray(), domain => domain.GetString() == "web.default.svc.file.test");
    }
}
