using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Snapshots;

namespace XdsCanary.XdsServer.Tests.Protocol;

/// <summary>R-4.3: what a state-of-the-world request makes of the subscription.</summary>
public sealed class SotwSubscriptionTests
{
    private static readonly ResourceType Type = ResourceType.Endpoint;

    // The row's requests, one after another; "-" is a request without names.
    [Theory]
    [InlineData("-", true, "")]
    [InlineData("- -", true, "")]
    [InlineData("- a", false, "a")]
    [InlineData("a -", false, "")]
    [InlineData("a - -", false, "")]
    [InlineData("*", true, "")]
    [InlineData("a *", true, "")]
    [InlineData("- *", true, "")]
    [InlineData("* *,a", true, "a")]
    [InlineData("*,a *,b", true, "b")]
    [InlineData("*,b b", false, "b")]
    [InlineData("* -", false, "")]
    [InlineData("a,b b,c", false, "b,c")]
    [InlineData("b,a,b", false, "a,b")]
    [InlineData("a - a", false, "a")]
    public void R_4_3_Requests_lead_to_subscription(string requests, bool wildcard, string names)
    {
        var stream = ModelStream.Sotw();

        Ask(stream, Type, requests);

        Assert.Equal(wildcard, stream.Of(Type).Subscription.Wildcard);
        Assert.Equal(NameSet.Of(Split(names)), stream.Of(Type).Subscription.Names);
    }

    [Fact]
    public void A_SUB_01_Legacy_wildcard_is_lost_with_the_first_name()
    {
        var stream = ModelStream.Sotw();

        Ask(stream, Type, "- - -");
        Assert.True(stream.Of(Type).Subscription.Wildcard);
        Ask(stream, Type, "resource");
        Assert.False(stream.Of(Type).Subscription.Wildcard);
        Ask(stream, Type, "-");

        Assert.True(stream.Of(Type).Subscription.IsEmpty);
    }

    [Fact]
    public void A_SUB_02_Explicit_wildcard_comes_and_goes()
    {
        var stream = ModelStream.Sotw();

        foreach (var (request, wildcard, names) in new[]
        {
            ("*", true, ""), ("*", true, ""), ("*,resource", true, "resource"), ("*,otherresource", true, "otherresource"),
            ("otherresource", false, "otherresource"), ("-", false, ""), ("*", true, ""),
        })
        {
            Ask(stream, Type, request);
            Assert.Equal(wildcard, stream.Of(Type).Subscription.Wildcard);
            Assert.Equal(names, stream.Of(Type).Subscription.Names.ToString());
        }
    }

    [Fact]
    public void A_SUB_05_Legacy_wildcard_off_needs_the_star()
    {
        var stream = ModelStream.Sotw(settings: new ProtocolSettings { LegacyWildcard = false });

        Ask(stream, Type, "- -");
        Assert.True(stream.Of(Type).Subscription.IsEmpty);
        Ask(stream, Type, "*");

        Assert.True(stream.Of(Type).Subscription.Wildcard);
    }

    [Fact]
    public void A_SUB_06_Legacy_wildcard_off_for_some_types_leaves_the_others()
    {
        var stream = ModelStream.Sotw(settings: new ProtocolSettings
        {
            NoLegacyWildcard = [ResourceType.Cluster.TypeUrl, ResourceType.Endpoint.TypeUrl],
        });

        Ask(stream, ResourceType.Cluster, "-");
        Ask(stream, ResourceType.Endpoint, "-");
        Ask(stream, ResourceType.Route, "-");

        Assert.True(stream.Of(ResourceType.Cluster).Subscription.IsEmpty);
        Assert.True(stream.Of(ResourceType.Endpoint).Subscription.IsEmpty);
        Assert.True(stream.Of(ResourceType.Route).Subscription.Wildcard);
    }

    [Fact]
    public void A_X_17_Legacy_wildcard_off_a_fresh_stream_without_names_is_sent_nothing()
    {
        var stream = ModelStream.Sotw(TestMesh.Of("a"), new ProtocolSettings { LegacyWildcard = false });

        Assert.Empty(stream.Ask(ResourceType.Listener));
        Assert.Empty(stream.Publish(TestMesh.Of("a").WithListener("web", 2, "routes")));
        Assert.Single(stream.Ask(ResourceType.Listener, "web"));
    }

    private static void Ask(ModelStream stream, ResourceType type, string requests)
    {
        foreach (var request in requests.Split(' '))
        {
            stream.Ask(type, request == "-" ? [] : Split(request));
        }
    }

    private static string[] Split(string names) => names.Split(',', StringSplitOptions.RemoveEmptyEntries);
}
