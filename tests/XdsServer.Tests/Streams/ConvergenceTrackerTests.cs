using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Protocol;

namespace XdsCanary.XdsServer.Tests.Streams;

/// <summary>Which weights count as live.</summary>
public sealed class ConvergenceTrackerTests
{
    private static readonly NamespacedName Shop = ConvergenceMesh.Shop;

    private readonly ConvergenceMesh _mesh = new();

    [Fact]
    public void A_weight_is_live_once_it_is_acknowledged()
    {
        _mesh.Publish(100, 0);
        _mesh.Subscribe();
        _mesh.Push();

        Assert.False(_mesh.Tracker.Describe(Shop).IsLive);

        _mesh.Acknowledge();

        Assert.True(_mesh.Tracker.Describe(Shop).IsLive);
    }

    [Fact]
    public void A_weight_that_returns_while_another_is_under_way_is_not_live_yet()
    {
        _mesh.Publish(100, 0);
        _mesh.Subscribe();
        _mesh.Push();
        _mesh.Acknowledge();
        _mesh.Publish(75, 25);
        _mesh.Push();
        _mesh.Publish(100, 0);

        Assert.False(_mesh.Tracker.Describe(Shop).IsLive);

        _mesh.Acknowledge();
        _mesh.Push();
        Assert.False(_mesh.Tracker.Describe(Shop).IsLive);

        _mesh.Acknowledge();
        Assert.True(_mesh.Tracker.Describe(Shop).IsLive);
    }

    [Fact]
    public void A_change_of_matches_alone_has_to_be_acknowledged_too()
    {
        _mesh.Publish(100, 0, Group("/a") + Matched);
        _mesh.Subscribe();
        _mesh.Push();
        _mesh.Acknowledge();
        _mesh.Publish(100, 0, Group("/b") + Matched);

        Assert.False(_mesh.Tracker.Describe(Shop).IsLive);

        _mesh.Push();
        _mesh.Acknowledge();
        Assert.True(_mesh.Tracker.Describe(Shop).IsLive);
    }

    [Theory]
    [InlineData("""{"mirror":{"backend":"shop-v2","percent":10}}""", """{"mirror":{"backend":"shop-v2","percent":20}}""")]
    [InlineData("""{"affinity":{"backend":"shop-v1","cookie":"a=b"}}""", """{"affinity":{"backend":"shop-v1","cookie":"a=c"}}""")]
    [InlineData("""{"affinity":{"backend":"shop-v2"}}""", """{"affinity":{"backend":"shop-v2","fallback":"shop-v1","previousCookie":"a=c"}}""")]
    public void RTR_27_A_change_of_the_routing_annotation_alone_has_to_be_acknowledged_too(string before, string after)
    {
        PublishWith(before);
        _mesh.Subscribe();
        _mesh.Push();
        _mesh.Acknowledge();
        Assert.True(_mesh.Tracker.Describe(Shop).IsLive);
        PublishWith(after);

        Assert.False(_mesh.Tracker.Describe(Shop).IsLive);

        _mesh.Push();
        _mesh.Acknowledge();
        Assert.True(_mesh.Tracker.Describe(Shop).IsLive);
    }

    [Fact]
    public void RTR_34_weights_wanted_are_those_of_the_requests_that_match()
    {
        PublishWith("""{"match":[{"headers":[{"name":"a","exact":"b"}]}],"fallback":"shop-v2"}""");
        _mesh.Subscribe();
        _mesh.Push();
        _mesh.Acknowledge();

        var state = _mesh.Tracker.Describe(Shop);

        Assert.True(state.IsLive);
        Assert.Equal([("shop-v1", 100u), ("shop-v2", 0u)], state.Wanted.Select(weight => (weight.Backend, (uint)weight.Weight)));
    }

    [Fact]
    public void A_deleted_service_is_followed_but_never_live()
    {
        _mesh.Publish(100, 0);
        _mesh.Subscribe();
        _mesh.Push();
        _mesh.Acknowledge();
        _mesh.Publish(MeshManifests.Services("other"));
        _mesh.Push();
        _mesh.Acknowledge();

        var state = _mesh.Tracker.Describe(Shop);

        Assert.Equal((1, 1, false), (state.Proxies, state.Converged, state.IsLive));
        Assert.Empty(state.Wanted);
    }

    [Fact]
    public void A_rejection_is_told_in_the_words_of_the_proxy()
    {
        _mesh.Publish(100, 0);
        _mesh.Subscribe();
        _mesh.Push();
        ConvergenceMesh.Answer(_mesh.Stream, new Rejection(13, "no such thing"));

        var lagging = Assert.Single(_mesh.Tracker.Describe(Shop).Lagging);
        Assert.Equal(("envoy", "no such thing"), (lagging.Node, lagging.Rejection));
    }

    private const string Matched =
        """
        ---
        apiVersion: split.smi-spec.io/v1alpha4
        kind: TrafficSplit
        metadata: {name: matched, namespace: default}
        spec:
          service: shop
          matches: [{kind: HTTPRouteGroup, name: group}]
          backends: [{service: shop-v2, weight: 1}]

        """;

    private static string Group(string path) =>
        $$"""
        ---
        apiVersion: specs.smi-spec.io/v1alpha4
        kind: HTTPRouteGroup
        metadata: {name: group, namespace: default}
        spec: {matches: [{name: m, pathRegex: {{path}}}]}

        """;

    private void PublishWith(string routing) => _mesh.Publish(
        MeshManifests.Services("shop", "shop-v1", "shop-v2") + MeshManifests.Split(
            "shop", "shop", "shop-v1: 100, shop-v2: 0", metadata: $"annotations: {{xdscanary.io/routing: '{routing}'}}"));
}
