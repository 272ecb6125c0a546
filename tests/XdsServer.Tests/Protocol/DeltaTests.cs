using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>The delta variant by example: of the protocol rules.</summary>
public sealed class DeltaTests
{
    public static TheoryData<string> Labels => new(ResourceType.InPushOrder.Select(type => type.Label));

    [Theory]
    [MemberData(nameof(Labels))]
    public void A_GD_01_An_empty_first_request_gets_one_response(string label)
    {
        var stream = ModelStream.Delta(TestMesh.Of("a"));

        Assert.Single(Assert.Single(stream.Subscribe(TypeOf(label))).Resources);
    }

    [Theory]
    [MemberData(nameof(Labels))]
    public void A_GD_02_A_first_request_by_name_gets_one_response(string label)
    {
        var mesh = TestMesh.Of("a");
        var name = mesh.ToSnapshot().Get(TypeOf(label)).Items[0].Name;

        Assert.Equal([name], Assert.Single(ModelStream.Delta(mesh).Subscribe(TypeOf(label), name)).Names);
    }

    [Theory]
    [MemberData(nameof(Labels))]
    public void A_X_04_A_first_request_with_a_foreign_nonce_is_answered(string label)
    {
        var stream = ModelStream.Delta(TestMesh.Of("a"));

        Assert.Single(Assert.Single(stream.Change(TypeOf(label), [], [], "77", "bad")).Resources);
        Assert.Equal(AckOutcome.Initial, stream.LastOutcome);
    }

    [Fact]
    public void A_X_07_A_subscription_with_a_stale_nonce_counts()
    {
        var stream = ModelStream.Delta(TestMesh.Of("a", "b"));
        var first = Assert.Single(stream.Subscribe(ResourceType.Endpoint, "a"));

        Assert.Empty(stream.Change(ResourceType.Endpoint, ["b"], [], "old"));
        Assert.Equal(AckOutcome.Stale, stream.LastOutcome);

        Assert.Equal(["b"], Assert.Single(stream.Ack(first)).Names);
    }

    [Fact]
    public void R_2_5_An_acceptance_may_change_the_subscription()
    {
        var stream = ModelStream.Delta(TestMesh.Of("a", "b"));
        var first = Assert.Single(stream.Subscribe(ResourceType.Endpoint, "a"));

        var next = Assert.Single(stream.Change(ResourceType.Endpoint, ["b"], ["a"], first.Nonce));

        Assert.Equal(AckOutcome.Ack, stream.LastOutcome);
        Assert.Equal(["b"], next.Names);
    }

    [Fact]
    public void R_5_1_Lists_and_first_response_wait_for_the_first_snapshot()
    {
        var stream = ModelStream.Delta();
        Assert.Empty(stream.Subscribe(ResourceType.Endpoint, "a", "b"));
        Assert.Empty(stream.Change(ResourceType.Endpoint, ["c"], ["b"]));

        var reply = Assert.Single(stream.Publish(TestMesh.Of("a", "b")));

        Assert.Equal(["a"], reply.Names);
        Assert.Equal(["c"], reply.Removed);
    }

    [Fact]
    public void A_X_20_A_missing_name_is_reported_and_sent_when_it_comes()
    {
        var mesh = TestMesh.Of("a");
        var stream = ModelStream.Delta(mesh);

        Assert.Equal(["later"], Assert.Single(stream.Open(ResourceType.Endpoint, "later")).Removed);

        Assert.Equal(["later"], Assert.Single(stream.Publish(mesh.WithService("later"))).Names);
    }

    [Fact]
    public void R_5_9_A_removed_name_stays_subscribed()
    {
        var mesh = TestMesh.Of("a");
        var stream = ModelStream.Delta(mesh);
        stream.Open(ResourceType.Listener, "web");

        Assert.Equal(["web"], Assert.Single(stream.Publish(mesh.WithoutListener("web"))).Removed);
        stream.AckAll();

        Assert.Equal(["web"], Assert.Single(stream.Publish(mesh)).Names);
    }

    [Fact]
    public void A_X_21_A_name_subscribed_again_is_sent_again()
    {
        var stream = ModelStream.Delta(TestMesh.Of("a"));
        stream.Open(ResourceType.Endpoint, "a");

        Assert.Equal(["a"], Assert.Single(stream.Subscribe(ResourceType.Endpoint, "a")).Names);
    }

    [Fact]
    public void A_X_22_A_name_given_up_under_the_wildcard_is_mentioned()
    {
        var mesh = TestMesh.Of("a").WithListener("b", 1);
        var stream = ModelStream.Delta(mesh);
        stream.Open(ResourceType.Listener);
        stream.Open(ResourceType.Listener, "b", "web");
        stream.Publish(mesh.WithoutListener("b"));
        stream.AckAll();

        var reply = Assert.Single(stream.Unsubscribe(ResourceType.Listener, "b", "web"));

        Assert.Equal(["web"], reply.Names);
        Assert.Equal(["b"], reply.Removed);
    }

    [Fact]
    public void A_X_24_Endpoints_of_a_new_cluster_wait_for_their_subscription()
    {
        var mesh = TestMesh.Of("a");
        var stream = ModelStream.Delta(mesh);
        stream.Open(ResourceType.Cluster);
        stream.Open(ResourceType.Endpoint, "a");

        Assert.Equal(ResourceType.Cluster, Assert.Single(stream.Publish(mesh.WithService("b"))).Type);
        stream.AckAll();

        Assert.Equal(["b"], Assert.Single(stream.Subscribe(ResourceType.Endpoint, "b")).Names);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_X_25_A_reconnect_with_all_current_gets_an_empty_answer(bool wildcard)
    {
        var mesh = TestMesh.Of("a", "b");

        foreach (var type in ResourceType.InPushOrder)
        {
            var claims = Versions(mesh, type);
            var reply = Assert.Single(
                ModelStream.Delta(mesh).Change(type, wildcard ? [] : [.. claims.Keys], [], claims: claims));
            Assert.Empty(reply.Resources);
            Assert.Empty(reply.Removed);
        }
    }

    [Fact]
    public void R_5_5_A_reconnect_gets_what_differs_and_what_is_gone()
    {
        var claims = Versions(TestMesh.Of("a", "b"), ResourceType.Endpoint);
        claims["gone"] = "1";
        claims["empty"] = string.Empty;
        claims["unwanted"] = "1";
        var stream = ModelStream.Delta(TestMesh.Of("a", "b", "new", "empty").WithEndpoints("b", 2));

        var reply = Assert.Single(
            stream.Change(ResourceType.Endpoint, ["a", "b", "new", "empty", "gone"], [], claims: claims));

        Assert.Equal(["b", "empty", "new"], reply.Names);
        Assert.Equal(["gone"], reply.Removed);
        Assert.Null(stream.Of(ResourceType.Endpoint).Claims);
    }

    [Fact]
    public void R_5_5_A_reconnect_to_the_wildcard_gets_the_difference()
    {
        var claims = Versions(TestMesh.Of("a", "b").WithListener("gone", 1), ResourceType.Listener);
        var stream = ModelStream.Delta(TestMesh.Of("a").WithListener("new", 1));

        var reply = Assert.Single(stream.Change(ResourceType.Listener, [], [], claims: claims));

        Assert.Equal(["new"], reply.Names);
        Assert.Equal(["gone"], reply.Removed);
    }

    [Fact]
    public void A_CD_01_Only_the_changed_type_is_sent()
    {
        var mesh = TestMesh.Of("a");
        var stream = ModelStream.Delta(mesh);
        foreach (var type in ResourceType.InPushOrder)
        {
            stream.Open(type);
        }

        var reply = Assert.Single(stream.Publish(mesh.WithEndpoints("a", 2)));

        Assert.Equal(ResourceType.Endpoint, reply.Type);
        Assert.Equal(mesh.WithEndpoints("a", 2).ToSnapshot().Get(ResourceType.Endpoint).Version, reply.Version);
    }

    [Fact]
    public void A_CD_02_Everything_removed_is_told()
    {
        var mesh = TestMesh.Of("a", "b");
        var stream = ModelStream.Delta(mesh);
        stream.Open(ResourceType.Cluster);

        var replies = stream.Publish(TestMesh.Empty).Concat(stream.Advance(ProtocolSettings.Default.RemovalTimeout));

        Assert.Equal(["a", "b"], Assert.Single(replies).Removed);
    }

    [Fact]
    public void R_1_9_Endpoints_that_are_gone_are_not_taken_away()
    {
        var mesh = TestMesh.Of("a");
        var stream = ModelStream.Delta(mesh);
        stream.Open(ResourceType.Endpoint, "a");

        Assert.Empty(stream.Publish(TestMesh.Empty));
        Assert.Equal(["a"], Assert.Single(stream.Subscribe(ResourceType.Endpoint, "a")).Removed);
    }

    [Fact]
    public void A_GC_02_Folding_the_differences_gives_the_snapshot()
    {
        var meshes = Enumerable.Range(1, 20).Select(i => TestMesh.Of("a", $"s{i % 7}").WithService("a", i / 3, i / 2)).ToArray();
        var stream = ModelStream.Delta(TestMesh.Empty);
        stream.Open(ResourceType.Cluster);
        var held = new Dictionary<string, string?>();
        foreach (var reply in meshes.SelectMany(mesh => stream.Publish(mesh).Concat(stream.AckAll()).Concat(Later())))
        {
            reply.Removed.ToList().ForEach(name => held.Remove(name));
            reply.Resources.ToList().ForEach(resource => held[resource.Name] = resource.Version);
        }

        var expected = meshes[^1].ToSnapshot().Get(ResourceType.Cluster).Items;
        Assert.Equal(expected.ToDictionary(item => item.Name, item => (string?)item.Version), held);

        IEnumerable<Reply> Later() => stream.Advance(TimeSpan.FromMinutes(1)).Concat(stream.AckAll());
    }

    private static Dictionary<string, string> Versions(TestMesh mesh, ResourceType type) =>
        mesh.ToSnapshot().Get(type).Items.ToDictionary(item => item.Name, item => item.Version);

    private static ResourceType TypeOf(string label) => ResourceType.InPushOrder.Single(type => type.Label == label);
}
