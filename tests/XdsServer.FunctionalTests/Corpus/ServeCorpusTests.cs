using System.Text.Json;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Model;
using XdsCanary.TestKit.Server;

namespace XdsCanary.XdsServer.FunctionalTests.Corpus;

/// <summary>The server on a folder in which much is broken: it serves what is good and tells the rest.</summary>
public sealed class ServeCorpusTests : IDisposable
{
    private readonly TemporaryFolder _root = new();

    public ServeCorpusTests()
    {
        Copy("broken");
        Copy("good");
    }

    private string Manifests => Path.Combine(_root.FullPath, "manifests");

    [Fact]
    public async Task Good_manifests_are_served_and_bad_ones_are_told()
    {
        await using var server = await ServerProcess.StartAsync(new ServerOptions { Manifests = Manifests });
        await using var client = await FollowShopAsync(server);

        var weights = await WeightsAsync(server);
        using var objects = await server.Admin.GetJsonAsync("/debug/objects");
        var told = Faults(objects.RootElement).ToList();

        Assert.Equal(["shop/web-v1:80=75", "shop/web-v2:80=25"], weights);
        Assert.All(ExpectedFault.ReadAll().Where(fault => !fault.IsNotice), fault => Assert.Contains(
            told, line => line.StartsWith(fault.Start("broken/"), StringComparison.Ordinal) && line.Contains(fault.Text, StringComparison.Ordinal)));
        Assert.DoesNotContain(told, line => line.StartsWith("good/", StringComparison.Ordinal));
        Assert.Equal(told.Count, (await server.Admin.MetricsAsync()).Sum("xds_object_problems"));
        Assert.DoesNotContain(server.Log.Lines, line => line.StartsWith("   at ", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Mended_manifest_is_taken()
    {
        await using var server = await ServerProcess.StartAsync(new ServerOptions { Manifests = Manifests });
        Replace("broken/yaml-tab.yaml", "\t", "  ");

        await Eventually.BecomesAsync(async () =>
        {
            using var objects = await server.Admin.GetJsonAsync("/debug/objects");
            return Find(objects.RootElement, "Service", "yaml-tab") is not null
                && !Faults(objects.RootElement).Any(line => line.StartsWith("broken/yaml-tab.yaml", StringComparison.Ordinal));
        });
    }

    [Theory]
    [InlineData("weight: 75", "weight: lots", "good/split.yaml:10: TrafficSplit shop/web: spec.backends[0].weight: ")]
    [InlineData("  service: web\n", "\tservice: web\n", "good/split.yaml:7: ")]
    [InlineData("kind: TrafficSplit\n", "", "good/split.yaml:1: kind: ")]
    public async Task Broken_manifest_leaves_its_last_good_version_in_use(string good, string bad, string fault)
    {
        await using var server = await ServerProcess.StartAsync(new ServerOptions { Manifests = Manifests });
        await using var client = await FollowShopAsync(server);
        var before = await server.Admin.GetTextAsync("/debug/snapshots/shop");
        Replace("good/split.yaml", good, bad);

        await Eventually.BecomesAsync(async () =>
        {
            using var objects = await server.Admin.GetJsonAsync("/debug/objects");
            return Find(objects.RootElement, "TrafficSplit", "web")?.GetProperty("lastGoodInUse").GetBoolean() == true
                && Faults(objects.RootElement).Any(line => line.StartsWith(fault, StringComparison.Ordinal));
        });

        Assert.Equal(before, await server.Admin.GetTextAsync("/debug/snapshots/shop"));
        Replace("good/split.yaml", bad.Length == 0 ? "v1alpha4\n" : bad, bad.Length == 0 ? "v1alpha4\nkind: TrafficSplit\n" : good);
        await Eventually.BecomesAsync(async () =>
        {
            using var objects = await server.Admin.GetJsonAsync("/debug/objects");
            return Find(objects.RootElement, "TrafficSplit", "web")?.GetProperty("lastGoodInUse").GetBoolean() == false;
        });
    }

    public void Dispose() => _root.Dispose();

    // The server makes a snapshot for a namespace once somebody asks for it.
    private static async Task<DeltaModelClient> FollowShopAsync(ServerProcess server)
    {
        var client = DeltaModelClient.Connect(server.Ports.Xds, ModelNode.Create("shop"));
        await client.SubscribeAsync(TypeUrls.Cluster);
        await client.ReceiveAsync(TypeUrls.Cluster);
        return client;
    }

    private static async Task<List<string>> WeightsAsync(ServerProcess server)
    {
        using var snapshot = await server.Admin.GetJsonAsync("/debug/snapshots/shop");
        var host = snapshot.RootElement.GetProperty("rds")[0].GetProperty("virtual_hosts").EnumerateArray()
            .Single(host => host.GetProperty("name").GetString() == "web.shop");
        return
        [
            .. host.GetProperty("routes").EnumerateArray().Last()
                .GetProperty("route").GetProperty("weighted_clusters").GetProperty("clusters").EnumerateArray()
                .Select(cluster => $"{cluster.GetProperty("name").GetString()}={cluster.GetProperty("weight")}"),
        ];
    }

    private static IEnumerable<string> Faults(JsonElement objects) => objects.GetProperty("unreadableDocuments").EnumerateArray()
        .Concat(objects.GetProperty("objects").EnumerateArray()
            .SelectMany(item => item.GetProperty("conditions").EnumerateArray())
            .SelectMany(condition => condition.GetProperty("problems").EnumerateArray()))
        .Select(line => line.GetString()!);

    private static JsonElement? Find(JsonElement objects, string kind, string name)
    {
        var found = objects.GetProperty("objects").EnumerateArray().FirstOrDefault(item =>
            item.GetProperty("kind").GetString() == kind && item.GetProperty("name").GetString() == name);
        return found.ValueKind == JsonValueKind.Object ? found : null;
    }

    private void Copy(string part)
    {
        var target = Directory.CreateDirectory(Path.Combine(Manifests, part)).FullName;
        foreach (var file in Directory.EnumerateFiles(Path.Combine(ExpectedFault.Folder, part)))
        {
            File.Copy(file, Path.Combine(target, Path.GetFileName(file)));
        }
    }

    private void Replace(string file, string old, string replacement)
    {
        var path = Path.Combine(Manifests, file);
        var text = File.ReadAllText(path);
        Assert.Contains(old, text, StringComparison.Ordinal);
        var staged = _root.Write("staged", text.Replace(old, replacement, StringComparison.Ordinal));
        File.Move(staged, path, overwrite: true);
    }
}
