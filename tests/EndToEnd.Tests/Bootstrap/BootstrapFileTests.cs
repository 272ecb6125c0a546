using XdsCanary.EndToEnd.Tests.Kit;
using XdsCanary.TestKit;
using XdsCanary.XdsServer.Bootstrap;

namespace XdsCanary.EndToEnd.Tests.Bootstrap;

/// <summary>A real Envoy loads what we write, without a word of complaint.</summary>
public sealed class BootstrapFileTests
{
    public static TheoryData<string> Files =>
        [.. Directory.EnumerateFiles(Folder, "*.yaml").Select(path => Path.GetFileName(path)).Order()];

    private static string Folder => RepositoryPaths.Combine("envoy-config");

    [Theory]
    [MemberData(nameof(Files))]
    public Task Envoy_accepts_the_committed_file(string file) =>
        EnvoyCheck.AssertAcceptedAsync(RepositoryPaths.Combine("envoy-config", file));

    [Theory]
    [InlineData("on", "::1")]
    [InlineData("a \"quoted\" # name: ü\t*", "fd00::12")]
    [InlineData("7", "xds.example.org")]
    public async Task Envoy_accepts_odd_names_and_addresses(string name, string host)
    {
        using var folder = new TemporaryFolder();
        var path = folder.Write("bootstrap.yaml", BootstrapDocument.Write(new BootstrapOptions
        {
            NodeId = name,
            NodeCluster = name,
            NodeNamespace = name,
            VisibleNamespaces = [name, "*"],
            XdsHost = host,
            AdminAddress = "::1",
        }));

        await EnvoyCheck.AssertAcceptedAsync(path);
    }
}
