using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>R-5.1 and: what delta requests make of the subscription, and what they are owed.</summary>
public sealed class DeltaSubscriptionTests
{
    private static readonly ResourceType Type = ResourceType.Endpoint;

    private static readonly TestMesh Mesh =
        TestMesh.Empty.WithService("a").WithService("b").WithService("c");

    // Requests one after another, each "+name" or "-name" joined by commas, "." for two empty lists. The last request's answer
    // is given as names and removed names; "silence" for none.
    [Theory]
    [InlineData(".", true, "", "a,b,c|")]
    [InlineData(". +a", true, "a", "a|")]
    [InlineData(". +a -a", true, "", "a|")]
    [InlineData(". +a -*", false, "a", "silence")]
    [InlineData("+a +*", true, "a", "b,c|")]
    [InlineData("+a,+b -a,-b", false, "", "silence")]
    [InlineData("+a,+b -a,-b .", false, "", "silence")]
    [InlineData("+a -a +a,-*", false, "a", "a|")]
    [InlineData(". -nobody", true, "", "silence")]
    [InlineData(". +gone", true, "gone", "|gone")]
    [InlineData(". +gone -gone", true, "", "|gone")]
    [InlineData("+a", false, "a", "a|")]
    [InlineData("+a +a", false, "a", "a|")]
    [InlineData("+gone", false, "gone", "|gone")]
    [InlineData("+a -a", false, "", "silence")]
    [InlineData("+a -a +a", false, "a", "a|")]
    [InlineData("+a +b,-b", false, "a,b", "b|")]
    [InlineData("+*", true, "", "a,b,c|")]
    [InlineData("+* -*", false, "", "silence")]
    [InlineData("+* -* +*", true, "", "a,b,c|")]
    [InlineData("+* +*", true, "", "|")]
    [InlineData("+a +b,-a", false, "b", "b|")]
    public void R_5_2_Requests_lead_to_subscription_and_answer(string requests, bool wildcard, string names, string answer)
    {
        var stream = ModelStream.Delta(Mesh);

        var last = Change(stream, requests);

        Assert.Equal(wildcard, stream.Of(Type).Subscription.Wildcard);
        Assert.Equal(names, stream.Of(Type).Subscription.Names.ToString().Replace(" ", "", StringComparison.Ordinal));
        Assert.Equal(answer, Describe(last));
    }

    [Fact]
    public void A_X_30_Star_in_both_lists_of_the_first_request_starts_with_nothing()
    {
        var stream = ModelStream.Delta(Mesh);

        Assert.Equal("|", Describe(stream.Change(Type, ["*"], ["*"])));
        stream.AckAll();

        Assert.True(stream.Of(Type).Subscription.IsEmpty);
        Assert.Empty(stream.Publish(Mesh.WithEndpoints("a", 2)));
    }

    [Fact]
    public void A_SUB_03_Legacy_wildcard_with_claims_survives_names()
    {
        var stream = ModelStream.Delta(Mesh);
        var versions = Mesh.ToSnapshot().Get(Type).Items.ToDictionary(item => item.Name, item => item.Version);

        Assert.Equal("|", Describe(stream.Change(Type, [], [], claims: versions)));
        stream.AckAll();
        Assert.Empty(stream.Change(Type, [], []));
        Assert.Equal("a|", Describe(stream.Subscribe(Type, "a")));
        stream.AckAll();
        Assert.Equal("a|", Describe(stream.Unsubscribe(Type, "a")));

        Assert.True(stream.Of(Type).Subscription.Wildcard);
    }

    [Fact]
    public void A_SUB_04_Explicit_wildcard_and_names_come_and_go()
    {
        var stream = ModelStream.Delta(Mesh);

        stream.Open(Type, "*");
        stream.Open(Type, "a");
        Assert.Equal("a,b|", Describe(stream.Change(Type, ["b"], ["a"])));
        stream.AckAll();
        Expect(stream.Change(Type, ["a"], ["*"]), false, "a, b");
        Expect(stream.Unsubscribe(Type, "a", "b"), false, "");
        Expect(stream.Change(Type, ["a"], ["*"]), false, "a");
        Expect(stream.Subscribe(Type, "*"), true, "a");
        Expect(stream.Unsubscribe(Type, "nobody"), true, "a");

        void Expect(IReadOnlyList<Reply> _, bool wildcard, string names)
        {
            stream.AckAll();
            Assert.Equal(wildcard, stream.Of(Type).Subscription.Wildcard);
            Assert.Equal(names, stream.Of(Type).Subscription.Names.ToString());
        }
    }

    [Fact]
    public void A_SUB_07_Legacy_wildcard_off_needs_the_star()
    {
        var stream = ModelStream.Delta(Mesh, new ProtocolSettings { LegacyWildcard = false });

        stream.Open(Type);
        Assert.True(stream.Of(Type).Subscription.IsEmpty);

        Assert.Equal("a,b,c|", Describe(stream.Subscribe(Type, "*")));
    }

    [Fact]
    public void A_SUB_08_Legacy_wildcard_off_for_some_types_leaves_the_others()
    {
        var stream = ModelStream.Delta(Mesh, new ProtocolSettings { NoLegacyWildcard = [ResourceType.Endpoint.TypeUrl] });

        stream.Open(ResourceType.Endpoint);
        stream.Open(ResourceType.Cluster);

        Assert.True(stream.Of(ResourceType.Endpoint).Subscription.IsEmpty);
        Assert.True(stream.Of(ResourceType.Cluster).Subscription.Wildcard);
    }

    [Fact]
    public void A_GD_09_Legacy_wildcard_persists_beside_a_name()
    {
        var stream = ModelStream.Delta(Mesh);

        Assert.Equal("a,b,c|", Describe(stream.Open(Type)));
        stream.Open(Type, "a");
        Assert.Equal("a,b,c|", Describe(stream.Publish(Touched(2))));
        stream.AckAll();
        stream.Unsubscribe(Type, "*");

        Assert.Equal("a|", Describe(stream.Publish(Touched(3))));
    }

    [Fact]
    public void A_GD_10_Star_is_added_to_and_taken_from_names()
    {
        var stream = ModelStream.Delta(Mesh);

        Assert.Equal("a|", Describe(stream.Open(Type, "a")));
        Assert.Equal("a|", Describe(stream.Publish(Touched(2))));
        stream.AckAll();
        Assert.Equal("b,c|", Describe(stream.Open(Type, "*")));
        stream.Open(Type, "b");
        Assert.Equal("a,b,c|", Describe(stream.Publish(Touched(3))));
        stream.AckAll();
        stream.Unsubscribe(Type, "*");

        Assert.Equal("a,b|", Describe(stream.Publish(Touched(4))));
    }

    [Fact]
    public void A_GD_11_Names_given_up_under_a_wildcard_are_mentioned()
    {
        var stream = ModelStream.Delta(Mesh);
        stream.Open(Type, "*");

        Assert.Equal("b|gone", Describe(stream.Open(Type, "b", "gone")));

        Assert.Equal("b|gone", Describe(stream.Unsubscribe(Type, "b", "gone")));
    }

    [Fact]
    public void R_5_2_Giving_up_a_name_never_held_keeps_what_the_wildcard_is_owed()
    {
        var stream = ModelStream.Delta(Mesh);
        var held = Mesh.ToSnapshot().Get(Type).Items.ToDictionary(item => item.Name, item => item.Version);
        var first = Assert.Single(stream.Change(Type, [], [], claims: held));
        stream.Subscribe(Type, "a", "b");
        stream.Unsubscribe(Type, "a");

        Assert.Equal("a,b|", Describe(stream.Ack(first)));
        stream.AckAll();
        var again = Assert.Single(stream.Subscribe(Type, "a"));
        stream.Unsubscribe(Type, "a");
        stream.Unsubscribe(Type, "a");

        Assert.Equal("a|", Describe(stream.Ack(again)));
    }

    [Fact]
    public void R_5_2_Giving_up_the_wildcard_drops_what_only_it_was_owed()
    {
        var stream = ModelStream.Delta(Mesh);
        stream.Open(Type, "a");
        var first = Assert.Single(stream.Subscribe(Type, "a"));
        stream.Subscribe(Type, "*");
        stream.Unsubscribe(Type, "*");

        Assert.Equal("|", Describe(stream.Ack(first)));
    }

    private static TestMesh Touched(int revision) =>
        Mesh.WithEndpoints("a", revision).WithEndpoints("b", revision).WithEndpoints("c", revision);

    private static string Describe(IReadOnlyList<Reply> replies) => replies.Count == 0
        ? "silence"
        : string.Join(' ', replies.Select(reply => $"{string.Join(',', reply.Names)}|{string.Join(',', reply.Removed)}"));

    private static IReadOnlyList<Reply> Change(ModelStream stream, string requests)
    {
        IReadOnlyList<Reply> last = [];
        foreach (var request in requests.Split(' '))
        {
            var parts = request == "." ? [] : request.Split(',');
            last = stream.Change(
                Type,
                [.. parts.Where(part => part[0] == '+').Select(part => part[1..])],
                [.. parts.Where(part => part[0] == '-').Select(part => part[1..])]);
            stream.AckAll();
        }

        return last;
    }
}
