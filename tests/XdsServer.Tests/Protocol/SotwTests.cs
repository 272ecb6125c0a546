using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>The state-of-the-world variant by example: of the protocol rules.</summary>
public sealed class SotwTests
{
    public static TheoryData<string> Labels => new(ResourceType.InPushOrder.Select(type => type.Label));

    [Fact]
    public void A_GS_11_Types_are_answered_in_any_order_of_asking()
    {
        var stream = ModelStream.Sotw(TestMesh.Of("a"));

        Assert.Single(stream.Ask(ResourceType.Listener));
        Assert.Single(stream.Ask(ResourceType.Cluster));
        Assert.Single(stream.Ask(ResourceType.Endpoint, "a"));
        stream.AckAll();
        Assert.Single(stream.Ask(ResourceType.Route, "routes"));
        Assert.Single(stream.Ask(ResourceType.Of("type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig"), "x"));
    }

    [Fact]
    public void A_X_03_Endpoints_asked_for_before_clusters_are_answered()
    {
        var stream = ModelStream.Sotw(TestMesh.Of("a"));

        Assert.Equal(["a"], Assert.Single(stream.Ask(ResourceType.Endpoint, "a")).Names);
        Assert.Equal(["a"], stream.Ask(ResourceType.Cluster)[0].Names);
    }

    [Theory]
    [MemberData(nameof(Labels))]
    public void A_X_04_First_request_with_foreign_nonce_and_version_is_answered(string label)
    {
        var mesh = TestMesh.Of("a");
        var type = TypeOf(label);
        var stream = ModelStream.Sotw(mesh);

        var reply = Assert.Single(stream.Ask(type, [], "77", mesh.ToSnapshot().Get(type).Version));

        Assert.Equal(AckOutcome.Initial, stream.LastOutcome);
        Assert.Single(reply.Resources);
    }

    [Theory]
    [MemberData(nameof(Labels))]
    public void R_1_6_First_request_with_an_error_of_another_stream_is_answered(string label)
    {
        var stream = ModelStream.Sotw(TestMesh.Of("a"));

        Assert.Single(stream.Ask(TypeOf(label), [], "1", "old", "bad"));

        Assert.Null(stream.Of(TypeOf(label)).Nack);
    }

    [Fact]
    public void A_GS_10_A_stale_nonce_makes_no_response_by_itself()
    {
        var stream = ModelStream.Sotw(TestMesh.Of("a"));
        var first = Assert.Single(stream.Ask(ResourceType.Endpoint, "a"));

        Assert.Empty(stream.Ask(ResourceType.Endpoint, ["a"], "xyz"));
        Assert.Equal(AckOutcome.Stale, stream.LastOutcome);
        Assert.NotNull(stream.Of(ResourceType.Endpoint).Outstanding);
        Assert.Empty(stream.Ack(first));

        Assert.Equal(AckOutcome.Ack, stream.LastOutcome);
    }

    [Fact]
    public void A_X_06_A_stale_request_adds_its_name()
    {
        var stream = ModelStream.Sotw(TestMesh.Of("a", "b"));
        var first = Assert.Single(stream.Ask(ResourceType.Endpoint, "a"));

        Assert.Empty(stream.Ask(ResourceType.Endpoint, ["a", "b"], "old"));
        var next = stream.Ask(ResourceType.Endpoint, ["a", "b"], first.Nonce, first.Version);

        Assert.Equal(["b"], Assert.Single(next).Names);
    }

    [Fact]
    public void R_2_3_A_stale_rejection_rejects_nothing()
    {
        var stream = ModelStream.Sotw(TestMesh.Of("a"));
        stream.Ask(ResourceType.Endpoint, "a");

        stream.Ask(ResourceType.Endpoint, ["a"], "old", "", "bad");

        Assert.Null(stream.Of(ResourceType.Endpoint).Nack);
        Assert.NotNull(stream.Of(ResourceType.Endpoint).Outstanding);
    }

    [Fact]
    public void A_X_13_Endpoints_follow_a_changed_cluster_once_and_an_identical_request_without_change_gets_silence()
    {
        var mesh = TestMesh.Of("a", "b");
        var stream = ModelStream.Sotw(mesh);
        stream.Open(ResourceType.Cluster);
        stream.Open(ResourceType.Endpoint, "a", "b");
        Assert.Empty(stream.Ask(ResourceType.Endpoint, "a", "b"));

        var replies = stream.Publish(mesh.WithCluster("a", 2));
        var afterwards = stream.Ask(ResourceType.Endpoint, "a", "b");

        Assert.Equal([ResourceType.Cluster, ResourceType.Endpoint], replies.Select(reply => reply.Type));
        Assert.Equal(["a"], replies[1].Names);
        Assert.Empty(afterwards);
        Assert.Empty(stream.AckAll());
    }

    [Theory]
    [MemberData(nameof(Labels))]
    public void A_X_14_A_name_dropped_and_asked_for_again_is_answered(string label)
    {
        var type = TypeOf(label);
        var mesh = TestMesh.Of("a").WithService("b").WithListener("b", 1).WithRoute("b", 1);
        var name = mesh.ToSnapshot().Get(type).Items.Select(item => item.Name).First(item => item != "b");
        var stream = ModelStream.Sotw(mesh);
        stream.Open(type, "b", name);
        stream.Open(type, "b");

        var again = Assert.Single(stream.Ask(type, "b", name));

        Assert.Contains(name, again.Names);
    }

    [Fact]
    public void A_X_15_What_exists_is_sent_at_once_and_the_rest_when_it_comes()
    {
        var mesh = TestMesh.Of("a");
        var stream = ModelStream.Sotw(mesh);

        Assert.Equal(["a"], Assert.Single(stream.Ask(ResourceType.Endpoint, "a", "later")).Names);
        stream.AckAll();

        Assert.Equal(["later"], Assert.Single(stream.Publish(mesh.WithService("later"))).Names);
    }

    [Fact]
    public void A_CS_02_A_name_that_does_not_exist_is_answered_promptly()
    {
        var stream = ModelStream.Sotw(TestMesh.Of("a"));

        Assert.Empty(Assert.Single(stream.Ask(ResourceType.Endpoint, "nobody")).Names);
    }

    [Fact]
    public void A_CS_04_Only_the_changed_type_is_sent()
    {
        var mesh = TestMesh.Of("a");
        var stream = ModelStream.Sotw();
        foreach (var type in ResourceType.InPushOrder)
        {
            Assert.Empty(stream.Ask(type));
        }

        var first = stream.Publish(mesh).Concat(stream.AckAll());
        var second = stream.Publish(mesh.WithListener("web", 2, "routes"));

        Assert.Equal(ResourceType.InPushOrder, first.Select(reply => reply.Type).Distinct());
        Assert.Equal([ResourceType.Listener], second.Select(reply => reply.Type));
    }

    [Fact]
    public void A_CS_08_A_name_added_to_clusters_gets_all_of_the_subscription()
    {
        var stream = ModelStream.Sotw(TestMesh.Of("a", "b"));
        stream.Open(ResourceType.Cluster, "a");

        Assert.Equal(["a", "b"], Assert.Single(stream.Ask(ResourceType.Cluster, "a", "b")).Names);
        stream.AckAll();
        Assert.Empty(stream.Ask(ResourceType.Cluster, "a", "b"));
    }

    [Fact]
    public void R_4_7_Of_a_partial_type_only_the_changed_names_are_sent()
    {
        var mesh = TestMesh.Of("a", "b");
        var stream = ModelStream.Sotw(mesh);
        stream.Open(ResourceType.Endpoint, "a", "b");

        Assert.Equal(["b"], Assert.Single(stream.Publish(mesh.WithEndpoints("b", 2))).Names);
    }

    [Fact]
    public void R_4_8_Names_never_asked_for_are_not_sent()
    {
        var mesh = TestMesh.Of("a", "b");
        var stream = ModelStream.Sotw(mesh);
        stream.Open(ResourceType.Cluster, "a");
        stream.Open(ResourceType.Endpoint, "a");

        Assert.Empty(stream.Publish(mesh.WithService("b", 2, 2)));
    }

    [Theory]
    [MemberData(nameof(Labels))]
    public void A_X_16_Nothing_is_sent_after_all_names_were_dropped(string label)
    {
        var type = TypeOf(label);
        var mesh = TestMesh.Of("a");
        var stream = ModelStream.Sotw(mesh);
        stream.Open(type, mesh.ToSnapshot().Get(type).Items[0].Name);

        Assert.Empty(stream.Ask(type));
        Assert.Empty(stream.Publish(mesh.WithService("a", 2, 2).WithRoute("routes", 2, "a").WithListener("web", 2, "routes")));

        Assert.Empty(stream.Publish(TestMesh.Empty));
        Assert.Empty(stream.Advance(TimeSpan.FromMinutes(1)));
    }

    [Fact]
    public void A_GS_12_A_response_for_names_dropped_in_between_is_not_sent()
    {
        var mesh = TestMesh.Of("a");
        var stream = ModelStream.Sotw(mesh);
        stream.Ask(ResourceType.Endpoint, "a");
        stream.Publish(mesh.WithEndpoints("a", 2));

        Assert.Empty(stream.Ask(ResourceType.Endpoint));
        Assert.Empty(stream.AckAll());
    }

    [Fact]
    public void A_X_18_Removing_every_listener_sends_an_empty_response()
    {
        var mesh = TestMesh.Of("a");
        var stream = ModelStream.Sotw(mesh);
        stream.Open(ResourceType.Listener);

        Assert.Empty(Assert.Single(stream.Publish(mesh.WithoutListener("web"))).Names);
    }

    [Fact]
    public void A_X_18_The_acceptance_of_an_empty_response_counts()
    {
        var mesh = TestMesh.Of("a");
        var stream = ModelStream.Sotw(mesh);
        stream.Open(ResourceType.Listener);
        stream.Nack(Assert.Single(stream.Publish(mesh.WithListener("web", 2, "routes"))));

        var empty = Assert.Single(stream.Publish(mesh.WithoutListener("web")));
        stream.Ack(empty);

        Assert.Equal(AckOutcome.Ack, stream.LastOutcome);
        Assert.Equal(empty.Version, stream.Of(ResourceType.Listener).AckedVersion);
        Assert.Null(stream.Of(ResourceType.Listener).Nack);
    }

    [Fact]
    public void R_3_7_An_empty_response_without_an_answer_holds_nothing_up()
    {
        var mesh = TestMesh.Of("a");
        var stream = ModelStream.Sotw(mesh);
        stream.Open(ResourceType.Listener);
        stream.Publish(mesh.WithoutListener("web"));

        Assert.Equal(["web"], Assert.Single(stream.Publish(mesh)).Names);
    }

    [Theory]
    [InlineData("*")]
    [InlineData("*,a")]
    public void R_4_3_Widening_to_the_wildcard_is_answered_with_everything(string names)
    {
        foreach (var type in new[] { ResourceType.Cluster, ResourceType.Endpoint })
        {
            var stream = ModelStream.Sotw(TestMesh.Of("a", "b", "c"));
            stream.Open(type, "a");

            Assert.Equal(["a", "b", "c"], Assert.Single(stream.Ask(type, names.Split(','))).Names);
        }
    }

    [Fact]
    public void R_4_8_A_removal_that_waits_is_forgotten_when_its_name_is_dropped()
    {
        var mesh = TestMesh.Of("a", "b");
        var stream = ModelStream.Sotw(mesh);
        stream.Open(ResourceType.Cluster);
        stream.Open(ResourceType.Route, "routes");
        stream.Publish(mesh.WithoutService("b").WithRoute("routes", 2, "a"));

        Assert.Equal(["a"], Assert.Single(stream.Ask(ResourceType.Cluster, "a")).Names);
    }

    [Fact]
    public void A_X_01_A_snapshot_of_another_group_is_sent_as_a_difference()
    {
        var stream = ModelStream.Sotw(TestMesh.Of("a"));
        stream.Open(ResourceType.Listener);
        stream.Open(ResourceType.Endpoint, "a", "b");

        var replies = stream.Publish(TestMesh.Of("a", "b").WithListener("other", 1).ToSnapshot());

        Assert.Equal([ResourceType.Endpoint, ResourceType.Listener], replies.Select(reply => reply.Type));
        Assert.Equal(["b"], replies[0].Names);
        Assert.Equal(["other", "web"], replies[1].Names);
    }

    [Fact]
    public void Nothing_is_sent_before_the_first_snapshot()
    {
        var stream = ModelStream.Sotw();

        Assert.Empty(stream.Ask(ResourceType.Cluster));
        Assert.Null(stream.Due);
        Assert.Single(stream.Publish(TestMesh.Empty));
    }

    private static ResourceType TypeOf(string label) => ResourceType.InPushOrder.Single(type => type.Label == label);
}
