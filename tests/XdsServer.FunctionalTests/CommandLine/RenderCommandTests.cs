using System.Text.Json;
using XdsCanary.TestKit.Server;
using XdsCanary.XdsServer.FunctionalTests.Corpus;

namespace XdsCanary.XdsServer.FunctionalTests.CommandLine;

public sealed class RenderCommandTests
{
    private static readonly string Good = Path.Combine(ExpectedFault.Folder, "good");

    [Fact]
    public async Task Render_prints_a_list_for_each_type()
    {
        using var output = await RenderAsync("--namespace", "shop");

        var root = output.RootElement;
        Assert.Equal(
            ["cds", "eds", "lds", "rds"], root.EnumerateObject().Select(type => type.Name).Intersect(["cds", "eds", "lds", "rds"]).Order());
        Assert.Equal(["shop/web-v1:80", "shop/web-v2:80", "shop/web:80"], Names(root, "cds", "name").Order(StringComparer.Ordinal));
        Assert.Equal(["shop/web-v1:80", "shop/web-v2:80", "shop/web:80"], Names(root, "eds", "cluster_name").Order(StringComparer.Ordinal));
        Assert.Equal(["http"], Names(root, "lds", "name"));
        Assert.Equal(["http"], Names(root, "rds", "name"));
    }

    [Fact]
    public async Task Render_shows_no_other_namespace_unasked()
    {
        using var output = await RenderAsync("--namespace", "elsewhere");

        Assert.Empty(Names(output.RootElement, "cds", "name"));
    }

    [Theory]
    [InlineData("--namespace", "elsewhere", "--namespaces", "shop")]
    [InlineData("--namespace", "elsewhere", "--namespaces", "*")]
    [InlineData("--cluster", "shop/gateway")]
    public async Task Render_shows_the_namespaces_that_the_node_sees(params string[] arguments)
    {
        using var output = await RenderAsync(arguments);

        Assert.Contains("shop/web:80", Names(output.RootElement, "cds", "name"));
    }

    [Fact]
    public async Task Render_of_broken_manifests_prints_the_good_ones_and_the_faults()
    {
        var (exitCode, output) = await ServerProcess.RunAsync("render", Path.Combine(ExpectedFault.Folder, "broken"));

        Assert.Equal(1, exitCode);
        Assert.Contains("yaml-tab.yaml:4: a tab is used", output, StringComparison.Ordinal);
        Assert.Contains("\"default/stage:80\"", output, StringComparison.Ordinal);
    }

    private static async Task<JsonDocument> RenderAsync(params string[] arguments)
    {
        var (exitCode, output) = await ServerProcess.RunAsync(["render", Good, .. arguments]);
        Assert.Equal(0, exitCode);
        return JsonDocument.Parse(output);
    }

    private static IEnumerable<string?> Names(JsonElement root, string type, string field) =>
        root.GetProperty(type).EnumerateArray().Select(resource => resource.GetProperty(field).GetString());
}
