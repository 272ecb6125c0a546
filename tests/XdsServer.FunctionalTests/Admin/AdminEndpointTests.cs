using System.Net;
using System.Text.Json;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Model;

namespace XdsCanary.XdsServer.FunctionalTests.Admin;

public sealed class AdminEndpointTests : IAsyncLifetime
{
    private RunningServer _server = null!;

    public async ValueTask InitializeAsync() => _server = await RunningServer.StartAsync();

    [Theory]
    [InlineData("/healthz", "ok\n")]
    [InlineData("/readyz", "ready\n")]
    public async Task Probe_is_answered_with_a_word(string path, string expected)
    {
        var (status, text) = await GetAsync(path);

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(expected, text);
    }

    [Fact]
    public async Task Streams_show_what_each_client_holds()
    {
        await using var client = await FollowAsync();

        var streams = await Eventually.GetAsync(
            () => JsonAsync("/debug/streams"),
            found => found.GetArrayLength() == 1
                && found[0].GetProperty("types")[0].TryGetProperty("ackedVersion", out _));
        var stream = streams[0];
        var id = stream.GetProperty("id").GetInt64();
        Assert.Equal("delta", stream.GetProperty("variant").GetString());
        Assert.Equal("default", stream.GetProperty("group").GetString());
        Assert.Equal("cds", stream.GetProperty("types")[0].GetProperty("type").GetString());
        Assert.InRange(
            stream.GetProperty("types")[0].GetProperty("ackedAt").GetDateTimeOffset(),
            stream.GetProperty("opened").GetDateTimeOffset(),
            TimeProvider.System.GetUtcNow());

        var one = await JsonAsync($"/debug/streams/{id}");
        Assert.Equal(stream.GetProperty("node").GetString(), one.GetProperty("node").GetString());
    }

    [Fact]
    public async Task Closed_stream_is_shown_no_longer()
    {
        await using (await FollowAsync())
        {
            Assert.Equal(1, (await JsonAsync("/debug/streams")).GetArrayLength());
        }

        await Eventually.BecomesAsync(async () => (await JsonAsync("/debug/streams")).GetArrayLength() == 0);
    }

    [Fact]
    public async Task Snapshots_are_listed_and_shown_by_group()
    {
        var snapshots = await JsonAsync("/debug/snapshots");
        var group = Assert.Single(snapshots.EnumerateArray());
        Assert.Equal("default", group.GetProperty("group").GetString());
        Assert.Equal(3, Type(group, "cds").GetProperty("resources").GetInt32());
        Assert.Equal(1, Type(group, "rds").GetProperty("resources").GetInt32());

        var snapshot = await JsonAsync("/debug/snapshots/default");
        Assert.Equal(3, snapshot.GetProperty("cds").GetArrayLength());
        Assert.Equal("http", snapshot.GetProperty("lds")[0].GetProperty("name").GetString());
    }

    [Fact]
    public async Task Snapshot_of_a_group_of_several_namespaces_is_shown_by_its_name()
    {
        var node = ModelNode.Create("shop", "default", "other");
        await using var client = DeltaModelClient.Connect(_server.XdsAddress.Port, node);
        await client.SubscribeAsync(TypeUrls.Cluster);
        await client.ReceiveAsync(TypeUrls.Cluster);

        var snapshot = await JsonAsync("/debug/snapshots/shop+default,other");

        Assert.Equal(3, snapshot.GetProperty("cds").GetArrayLength());
    }

    [Fact]
    public async Task Objects_show_conditions_and_unreadable_documents()
    {
        _server.Manifests.Write("bad.yaml", "kind: [\n");

        var objects = await Eventually.GetAsync(
            () => JsonAsync("/debug/objects"), found => found.GetProperty("unreadableDocuments").GetArrayLength() == 1);

        Assert.StartsWith("bad.yaml:1: ", objects.GetProperty("unreadableDocuments")[0].GetString(), StringComparison.Ordinal);
        var split = objects.GetProperty("objects").EnumerateArray().Single(item => item.GetProperty("kind").GetString() == "TrafficSplit");
        Assert.Equal("default.web.split.yaml:1", split.GetProperty("origin").GetString());
        Assert.Equal(
            ["Accepted=True", "ResolvedRefs=True"],
            split.GetProperty("conditions").EnumerateArray()
                .Select(condition => $"{condition.GetProperty("type").GetString()}={condition.GetProperty("status").GetString()}"));
    }

    [Fact]
    public async Task Convergence_shows_the_weights_wanted()
    {
        var answer = await JsonAsync("/debug/convergence?service=default/web");

        Assert.Equal("default/web", answer.GetProperty("service").GetString());
        Assert.False(answer.GetProperty("isLive").GetBoolean());
        Assert.Equal(0, answer.GetProperty("proxies").GetInt32());
        Assert.Equal(2, answer.GetProperty("wanted").GetArrayLength());
    }

    [Theory]
    [InlineData("/debug/convergence", HttpStatusCode.BadRequest)]
    [InlineData("/debug/convergence?service=web", HttpStatusCode.BadRequest)]
    [InlineData("/debug/convergence?service=/web", HttpStatusCode.BadRequest)]
    [InlineData("/debug/streams/987654321", HttpStatusCode.NotFound)]
    [InlineData("/debug/snapshots/nobody", HttpStatusCode.NotFound)]
    public async Task Question_without_an_answer_says_why(string path, HttpStatusCode expected)
    {
        var (status, text) = await GetAsync(path);

        Assert.Equal(expected, status);
        using var answer = JsonDocument.Parse(text);
        Assert.EndsWith(".", answer.RootElement.GetProperty("error").GetString(), StringComparison.Ordinal);
    }

    public async ValueTask DisposeAsync() => await _server.DisposeAsync();

    private static JsonElement Type(JsonElement group, string label) =>
        group.GetProperty("types").EnumerateArray().Single(type => type.GetProperty("type").GetString() == label);

    private async Task<DeltaModelClient> FollowAsync()
    {
        var client = DeltaModelClient.Connect(_server.XdsAddress.Port, ModelNode.Create());
        client.AutoAck = true;
        await client.SubscribeAsync(TypeUrls.Cluster);
        await client.ReceiveAsync(TypeUrls.Cluster);
        return client;
    }

    private async Task<JsonElement> JsonAsync(string path)
    {
        var (status, text) = await GetAsync(path);
        Assert.Equal(HttpStatusCode.OK, status);
        using var document = JsonDocument.Parse(text);
        return document.RootElement.Clone();
    }

    private async Task<(HttpStatusCode Status, string Text)> GetAsync(string path)
    {
        using var response = await _server.Admin.GetAsync(path, TestContext.Current.CancellationToken);
        return (response.StatusCode, await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }
}
