using System.Text.Json;
using Grpc.Core;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Manifests;
using XdsCanary.TestKit.Model;
using XdsCanary.TestKit.Server;

namespace XdsCanary.XdsServer.FunctionalTests.CommandLine;

public sealed class ServeCommandTests
{
    private static readonly TimeSpan StopLimit = TimeSpan.FromSeconds(5);

    [Fact]
    public async Task Terminated_server_tells_its_streams_and_ends_well()
    {
        using var manifests = new ManifestFolder();
        manifests.WriteRoot("web");
        await using var server = await ServerProcess.StartAsync(new ServerOptions { Manifests = manifests.FullPath });
        await using var delta = DeltaModelClient.Connect(server.Ports.Xds, ModelNode.Create());
        await using var sotw = SotwModelClient.Connect(server.Ports.Xds, ModelNode.Create());
        await delta.SubscribeAsync(TypeUrls.Cluster);
        await delta.ReceiveAsync(TypeUrls.Cluster);
        await sotw.SubscribeAsync(TypeUrls.Cluster);
        await sotw.ReceiveAsync(TypeUrls.Cluster);

        var exitCode = await server.StopAsync(StopLimit);

        Assert.Equal(0, exitCode);
        Assert.Equal(StatusCode.Unavailable, (await delta.EndsAsync()).StatusCode);
        Assert.Equal(StatusCode.Unavailable, (await sotw.EndsAsync()).StatusCode);
        Assert.DoesNotContain(server.Log.Lines, line => line.Contains(" ERR ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Json_log_is_one_object_a_line()
    {
        using var manifests = new ManifestFolder();
        manifests.Write("bad.yaml", "kind: [\n");
        await using var server = await ServerProcess.StartAsync(
            new ServerOptions { Manifests = manifests.FullPath, Arguments = ["--log-format", "Json"] });
        manifests.WriteRoot("web");
        await Eventually.BecomesAsync(() => server.Log.Lines.Any(line => line.Contains("revision", StringComparison.OrdinalIgnoreCase)));
        await server.StopAsync(StopLimit);

        Assert.NotEmpty(server.Log.Lines);
        Assert.All(server.Log.Lines, line =>
        {
            using var entry = JsonDocument.Parse(line);
            Assert.Equal(JsonValueKind.Object, entry.RootElement.ValueKind);
            Assert.True(entry.RootElement.TryGetProperty("@t", out _));
            Assert.True(entry.RootElement.TryGetProperty("@mt", out _));
        });
    }

    [Fact]
    public async Task Switch_without_a_value_is_on()
    {
        using var manifests = new ManifestFolder();
        await using var server = await ServerProcess.StartAsync(
            new ServerOptions { Manifests = manifests.FullPath, Arguments = ["--polling", "--poll-interval", "100ms"] });

        Assert.Contains(server.Log.Lines, line => line.Contains("watched by polling", StringComparison.OrdinalIgnoreCase));
        manifests.WriteRoot("web");
        await Eventually.BecomesAsync(async () =>
            (await server.Admin.GetTextAsync("/debug/objects")).Contains("\"web\"", StringComparison.Ordinal));
    }
}
