using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>R-8: make before break on one stream, for both variants.</summary>
public sealed class OrderingTests
{
    private static readonly TestMesh Mesh = TestMesh.Of("a");

    private static readonly TimeSpan AckTimeout = ProtocolSettings.Default.AckTimeout;

    private static readonly TimeSpan RemovalTimeout = ProtocolSettings.Default.RemovalTimeout;

    public static TheoryData<bool> Variants => new(false, true);

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_X_34_Clusters_then_endpoints_then_listeners_then_routes(bool delta)
    {
        var stream = Envoy(delta);
        var order = new List<ResourceType>();

        var replies = stream.Publish(TestMesh.Of("a", "b").WithListener("second", 1, "routes").WithEndpoints("a", 2));
        order.AddRange(replies.Select(reply => reply.Type));
        order.AddRange(Names(stream, ResourceType.Endpoint, "a", "b").Select(reply => reply.Type));
        order.AddRange(stream.AckAll().Select(reply => reply.Type));

        Assert.Equal(
            [ResourceType.Cluster, ResourceType.Endpoint, ResourceType.Listener, ResourceType.Endpoint, ResourceType.Route], order);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void R_8_4_Routes_wait_until_their_new_cluster_and_its_endpoints_are_accepted(bool delta)
    {
        var stream = Envoy(delta);

        var clusters = Assert.Single(stream.Publish(TestMesh.Of("a", "b")));
        Assert.Equal(ResourceType.Cluster, clusters.Type);
        var endpoints = Assert.Single(Names(stream, ResourceType.Endpoint, "a", "b"));
        Assert.Empty(stream.Ack(clusters));
        var routes = Assert.Single(stream.Ack(endpoints));

        Assert.Equal(ResourceType.Route, routes.Type);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void R_8_4_Routes_wait_no_longer_than_the_timeout(bool delta)
    {
        var stream = Envoy(delta);

        stream.Publish(TestMesh.Of("a", "b"));
        Assert.Equal(AckTimeout, stream.Due);
        Assert.Empty(stream.Advance(AckTimeout - TimeSpan.FromTicks(1)));

        Assert.Equal(ResourceType.Route, Assert.Single(stream.Advance(TimeSpan.FromTicks(1))).Type);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void R_8_4_Clusters_that_keep_coming_do_not_extend_the_wait_of_routes(bool delta)
    {
        var stream = Envoy(delta);
        var half = AckTimeout / 2;
        var clusters = Assert.Single(stream.Publish(TestMesh.Of("a", "b")));

        stream.Advance(half);
        stream.Publish(TestMesh.Of("a", "b", "c"));
        Assert.DoesNotContain(stream.Ack(clusters), reply => reply.Type.Equals(ResourceType.Route));

        Assert.Contains(stream.Advance(half), reply => reply.Type.Equals(ResourceType.Route));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void R_8_4_Routes_wait_for_a_cluster_that_waits_itself(bool delta)
    {
        var stream = Envoy(delta);
        var clusters = Assert.Single(stream.Publish(Mesh.WithService("b")));

        Assert.Empty(stream.Publish(TestMesh.Of("a", "b", "c")));
        var second = Assert.Single(stream.Ack(clusters));
        Assert.Equal(ResourceType.Cluster, second.Type);

        Assert.Equal(ResourceType.Route, Assert.Single(stream.Ack(second)).Type);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void R_8_4_Routes_to_known_clusters_wait_for_nothing(bool delta)
    {
        var stream = Envoy(delta);

        var replies = stream.Publish(Mesh.WithService("b").WithRoute("routes", 2, "a"));

        Assert.Equal([ResourceType.Cluster, ResourceType.Route], replies.Select(reply => reply.Type));
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_X_35_A_cluster_goes_when_the_routes_without_it_are_accepted(bool delta)
    {
        var stream = Envoy(delta, TestMesh.Of("a", "b"));

        var routes = Assert.Single(stream.Publish(Mesh));
        Assert.Equal(ResourceType.Route, routes.Type);
        var clusters = Assert.Single(stream.Ack(routes));

        AssertRemoved(clusters, ResourceType.Cluster, "b", delta);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void A_X_35_Without_an_answer_a_cluster_goes_after_the_timeout_exactly(bool delta)
    {
        var stream = Envoy(delta, TestMesh.Of("a", "b"));
        var start = stream.Now;

        stream.Publish(Mesh);
        Assert.Equal(start + RemovalTimeout, stream.Due);
        Assert.Empty(stream.Advance(RemovalTimeout - TimeSpan.FromTicks(1)));

        AssertRemoved(Assert.Single(stream.Advance(TimeSpan.FromTicks(1))), ResourceType.Cluster, "b", delta);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void R_8_2_A_cluster_stays_while_the_routes_without_it_are_rejected(bool delta)
    {
        var stream = Envoy(delta, TestMesh.Of("a", "b"));

        stream.Nack(Assert.Single(stream.Publish(Mesh)));
        Assert.Empty(stream.Advance(TimeSpan.FromMinutes(10)));
        var routes = Assert.Single(stream.Publish(Mesh.WithRoute("routes", 2, "a")));

        AssertRemoved(Assert.Single(stream.Ack(routes)), ResourceType.Cluster, "b", delta);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void R_8_2_A_cluster_stays_until_the_routes_without_it_are_sent_however_slow_the_answers(bool delta)
    {
        var stream = Envoy(delta);
        var almost = RemovalTimeout - TimeSpan.FromMilliseconds(1);
        var clusters = Assert.Single(stream.Publish(TestMesh.Of("b")));
        Assert.Empty(stream.Advance(almost));
        var endpoints = Assert.Single(Names(stream, ResourceType.Endpoint, "b"));
        Assert.Empty(stream.Ack(clusters));
        Assert.Empty(stream.Advance(almost));
        var routes = Assert.Single(stream.Ack(endpoints));
        Assert.Empty(stream.Advance(almost));

        Assert.Equal(ResourceType.Route, routes.Type);
        AssertRemoved(Assert.Single(stream.Ack(routes)), ResourceType.Cluster, "a", delta);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void R_8_2_Without_any_answer_routes_go_before_the_removal(bool delta)
    {
        var stream = Envoy(delta);
        stream.Publish(TestMesh.Of("b"));

        Assert.Equal(ResourceType.Route, Assert.Single(stream.Advance(AckTimeout)).Type);

        AssertRemoved(Assert.Single(stream.Advance(RemovalTimeout)), ResourceType.Cluster, "a", delta);
    }

    [Theory]
    [MemberData(nameof(Variants))]
    public void R_8_2_A_cluster_that_comes_back_in_time_was_never_gone(bool delta)
    {
        var stream = Envoy(delta, TestMesh.Of("a", "b"));

        stream.Publish(Mesh);
        var replies = stream.Publish(TestMesh.Of("a", "b")).Concat(stream.AckAll()).Concat(stream.Advance(AckTimeout)).ToArray();

        Assert.All(replies.Where(reply => reply.Type.Equals(ResourceType.Cluster)), reply => Assert.Contains("b", reply.Names));
        Assert.All(replies, reply => Assert.Empty(reply.Removed));
    }

    [Fact]
    public void A_X_27_Routes_go_when_the_listeners_without_them_are_accepted_and_clusters_last()
    {
        var mesh = Mesh.WithService("b").WithRoute("second", 1, "b").WithListener("second", 1, "second");
        var stream = Envoy(delta: true, mesh);
        stream.Subscribe(ResourceType.Route, "second");
        stream.AckAll();

        var listeners = Assert.Single(stream.Publish(Mesh));
        AssertRemoved(listeners, ResourceType.Listener, "second", delta: true);
        var routes = Assert.Single(stream.Ack(listeners));
        AssertRemoved(routes, ResourceType.Route, "second", delta: true);

        AssertRemoved(Assert.Single(stream.Ack(routes)), ResourceType.Cluster, "b", delta: true);
    }

    [Fact]
    public void A_X_27_A_reconnect_takes_a_cluster_away_after_the_routes_without_it()
    {
        var old = TestMesh.Of("a", "b").ToSnapshot();
        var stream = ModelStream.Delta(Mesh);
        foreach (var type in new[] { ResourceType.Cluster, ResourceType.Listener })
        {
            Assert.Empty(Assert.Single(stream.Change(type, [], [], claims: Claims(old, type))).Removed);
            Assert.Empty(stream.AckAll());
        }

        var routes = Assert.Single(stream.Change(ResourceType.Route, ["routes"], [], claims: Claims(old, ResourceType.Route)));

        AssertRemoved(Assert.Single(stream.Ack(routes)), ResourceType.Cluster, "b", delta: true);
    }

    [Fact]
    public void A_X_23_A_changed_cluster_is_followed_by_its_endpoints_alone()
    {
        var mesh = TestMesh.Of("a", "b");
        var stream = Envoy(delta: true, mesh);

        var replies = stream.Publish(mesh.WithCluster("b", 2));

        Assert.Equal([ResourceType.Cluster, ResourceType.Endpoint], replies.Select(reply => reply.Type));
        Assert.Equal(["b"], replies[1].Names);
        Assert.Empty(stream.AckAll());
    }

    [Fact]
    public void R_8_6_Endpoints_under_way_are_followed_by_those_of_the_changed_cluster()
    {
        var stream = Envoy(delta: true);
        var first = Assert.Single(stream.Publish(Mesh.WithEndpoints("a", 2)));

        Assert.Equal(ResourceType.Cluster, Assert.Single(stream.Publish(Mesh.WithEndpoints("a", 2).WithCluster("a", 2))).Type);

        Assert.Equal(["a"], Assert.Single(stream.Ack(first)).Names);
    }

    [Theory]
    [InlineData("cds,eds")]
    [InlineData("eds,cds")]
    public void R_8_6_A_cluster_that_changed_during_a_reconnect_is_followed_by_its_endpoints(string order)
    {
        var mesh = TestMesh.Of("a", "b");
        var held = mesh.ToSnapshot();
        var stream = ModelStream.Delta(mesh.WithCluster("a", 2));
        var replies = new List<Reply>();
        foreach (var label in order.Split(','))
        {
            var type = ResourceType.InPushOrder.Single(type => type.Label == label);
            var names = type.Equals(ResourceType.Endpoint) ? new[] { "a", "b" } : [];
            replies.AddRange(stream.Change(type, names, [], claims: Claims(held, type)));
        }

        replies.AddRange(stream.AckAll());

        var cluster = replies.FindIndex(reply => reply.Type.Equals(ResourceType.Cluster));
        var endpoints = replies.FindLastIndex(reply => reply.Type.Equals(ResourceType.Endpoint));
        Assert.Equal(["a"], replies[cluster].Names);
        Assert.Equal(["a"], replies[endpoints].Names);
        Assert.True(endpoints > cluster);
    }

    [Fact]
    public void R_8_6_Claims_that_wait_for_the_snapshot_do_not_hide_endpoints_of_a_changed_cluster()
    {
        var mesh = TestMesh.Of("a", "b");
        var held = mesh.ToSnapshot();
        var stream = ModelStream.Delta();
        stream.Change(ResourceType.Endpoint, ["a", "b"], [], claims: Claims(held, ResourceType.Endpoint));
        stream.Change(ResourceType.Cluster, [], [], claims: Claims(held, ResourceType.Cluster));

        var replies = stream.Publish(mesh.WithCluster("b", 2));

        Assert.Equal([ResourceType.Cluster, ResourceType.Endpoint], replies.Select(reply => reply.Type));
        Assert.Equal(["b"], replies[1].Names);
    }

    private static Dictionary<string, string> Claims(XdsSnapshot snapshot, ResourceType type) =>
        snapshot.Get(type).Items.ToDictionary(item => item.Name, item => item.Version);

    // A client that is settled, with the subscriptions of a proxy.
    private static ModelStream Envoy(bool delta, TestMesh? start = null)
    {
        var mesh = start ?? Mesh;
        var stream = delta ? ModelStream.Delta(mesh) : ModelStream.Sotw(mesh);
        stream.Open(ResourceType.Cluster);
        stream.Open(ResourceType.Endpoint, [.. mesh.Clusters.Keys]);
        stream.Open(ResourceType.Listener);
        stream.Open(ResourceType.Route, "routes");
        return stream;
    }

    private static IReadOnlyList<Reply> Names(ModelStream stream, ResourceType type, params string[] names)
    {
        var added = names.Where(name => !stream.Of(type).Subscription.Names.Contains(name)).ToArray();
        return stream.State.Variant == XdsVariant.Delta ? stream.Subscribe(type, added) : stream.Ask(type, names);
    }

    private static void AssertRemoved(Reply reply, ResourceType type, string name, bool delta)
    {
        Assert.Equal(type, reply.Type);
        if (delta)
        {
            Assert.Equal([name], reply.Removed);
        }

        Assert.DoesNotContain(name, reply.Names);
    }
}
