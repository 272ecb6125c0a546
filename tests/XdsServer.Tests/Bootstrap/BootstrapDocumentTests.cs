using XdsCanary.TestKit;
using XdsCanary.XdsServer.Bootstrap;

namespace XdsCanary.XdsServer.Tests.Bootstrap;

public sealed class BootstrapDocumentTests
{
    // The inputs that envoy-config/README.md documents.
    private static readonly Dictionary<string, BootstrapOptions> Committed = new()
    {
        ["gateway-sotw"] = Gateway with { Delta = false },
        ["gateway-delta"] = Gateway with { Delta = true },
        ["sidecar-sotw"] = Sidecar with { Delta = false },
        ["sidecar-delta"] = Sidecar with { Delta = true },
    };

    public static TheoryData<string> CommittedNames => [.. Committed.Keys];

    private static BootstrapOptions Gateway => new()
    {
        NodeId = "gateway",
        NodeCluster = "gateway",
        NodeNamespace = "default",
        VisibleNamespaces = ["*"],
    };

    private static BootstrapOptions Sidecar => new()
    {
        NodeId = "sidecar",
        NodeCluster = "sidecar",
        NodeNamespace = "default",
        XdsHost = "xds-canary",
        MaxDownstreamConnections = 10_000,
    };

    [Theory]
    [MemberData(nameof(CommittedNames))]
    public void Committed_file_is_what_is_written_for_its_documented_input(string name)
    {
        var path = RepositoryPaths.Combine("envoy-config", $"{name}.yaml");
        var written = BootstrapDocument.Write(Committed[name]);

        if (Environment.GetEnvironmentVariable("XDSCANARY_UPDATE_GOLDEN") == "1")
        {
            File.WriteAllText(path, written);
        }

        Assert.Equal(File.ReadAllText(path), written);
    }

    [Fact]
    public void Every_committed_file_has_a_documented_input()
    {
        var files = Directory.EnumerateFiles(RepositoryPaths.Combine("envoy-config"), "*.yaml");

        Assert.Equal(Committed.Keys.Order(), files.Select(Path.GetFileNameWithoutExtension).Order());
    }

    [Theory]
    [InlineData("10.0.0.1", "type: STATIC")]
    [InlineData("::1", "type: STATIC")]
    [InlineData("xds.example.org", "type: STRICT_DNS")]
    public void Server_is_resolved_only_if_it_is_a_name(string host, string expected) =>
        Assert.Contains(expected, BootstrapDocument.Write(Gateway with { XdsHost = host }), StringComparison.Ordinal);

    [Fact]
    public void Node_without_namespaces_and_a_known_admin_port_has_no_metadata()
    {
        var written = BootstrapDocument.Write(Gateway with { NodeNamespace = null, VisibleNamespaces = [], AdminPort = 0 });

        Assert.DoesNotContain("metadata", written, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("127.0.0.1", "127.0.0.1:9901")]
    [InlineData("fd00::1", "[fd00::1]:9901")]
    public void Node_tells_where_its_admin_interface_is(string address, string expected) => Assert.Contains(
        $"    admin: \"{expected}\"\n", BootstrapDocument.Write(Gateway with { AdminAddress = address }), StringComparison.Ordinal);

    [Theory]
    [InlineData("gateway-1.eu/west", "gateway-1.eu/west")]
    [InlineData("on", "\"on\"")]
    [InlineData("1e3", "\"1e3\"")]
    [InlineData("a: b # c", "\"a: b # c\"")]
    [InlineData("say \"hi\"\n", "\"say \\\"hi\\\"\\n\"")]
    [InlineData("*", "\"*\"")]
    [InlineData("über", "\"über\"")]
    public void Names_are_quoted_where_yaml_would_misread_them(string name, string expected) =>
        Assert.Contains(
            $"  id: {expected}\n", BootstrapDocument.Write(Gateway with { NodeId = name }), StringComparison.Ordinal);

    [Fact]
    public void Input_with_which_Envoy_would_not_start_is_refused()
    {
        BootstrapOptions[] broken =
        [
            Gateway with { NodeId = "" },
            Gateway with { NodeCluster = " " },
            Gateway with { XdsHost = "" },
            Gateway with { XdsPort = 0 },
            Gateway with { AdminPort = 65_536 },
            Gateway with { AdminAddress = "localhost" },
            Gateway with { MaxDownstreamConnections = 0 },
        ];

        Assert.All(broken, options => Assert.ThrowsAny<ArgumentException>(() => BootstrapDocument.Write(options)));
    }
}
