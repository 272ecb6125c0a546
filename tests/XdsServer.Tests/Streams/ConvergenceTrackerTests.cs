using System.Collections.Immutable;
using Microsoft.Extensions.Logging.Abstractions;
using Prometheus;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Observability;
using XdsCanary.XdsServer.Peers;
using XdsCanary.XdsServer.Protocol;
using XdsCanary.XdsServer.Resources;
using XdsCanary.XdsServer.Snapshots;
using XdsCanary.XdsServer.Streams;

namespace XdsCanary.XdsServer.Tests.Streams;

/// <summary>Which weights count as live, driven through the real publisher and planner, with one proxy that answers on demand.</summary>
public sealed class ConvergenceTrackerTests
{
    private static readonly NamespacedName Shop = new("default", "shop");
    private readonly SnapshotPublisher _publisher = new(
        new ResourceOptions(),
        NodeGroup.Create("default", []),
        new XdsMetrics(Metrics.NewCustomRegistry()),
        NullLogger<SnapshotPublisher>.Instance);

    private readonly StreamRegistry _registry = new(TimeProvider.System);
    private readonly ConvergenceTracker _tracker;
    private readonly StreamRecord _stream;
    private MeshAssembly? _assembly;

    public ConvergenceTrackerTests()
    {
        _tracker = new ConvergenceTracker(_registry, _publisher);
        _stream = Open("envoy", NodeGroup.Create("default", []));
    }

    [Fact]
    public void A_weight_is_live_once_it_is_acknowledged()
    {
        Publish(100, 0);
        Subscribe();
        Push();

        Assert.False(_tracker.Describe(Shop).IsLive);

        Acknowledge();

        Assert.True(_tracker.Describe(Shop).IsLive);
    }

    [Fact]
    public void A_replica_without_proxies_judges_those_of_another_by_the_weights_it_has_published()
    {
        var publisher = new SnapshotPublisher(
            new ResourceOptions(),
            NodeGroup.Create("elsewhere", []),
            new XdsMetrics(Metrics.NewCustomRegistry()),
            NullLogger<SnapshotPublisher>.Instance);
        var leader = new ConvergenceTracker(new StreamRegistry(TimeProvider.System), publisher);
        Publish(100, 0);
        publisher.Publish(_assembly!.State);
        leader.DescribeWanted(Shop);
        Publish(75, 25);
        Subscribe();
        Push();
        Acknowledge();
        var report = PeerReport.Of("other", _tracker.Describe(Shop), []);

        Assert.False(FleetConvergence.With(leader.DescribeWanted(Shop), report).IsLive);

        publisher.Publish(_assembly.State);
        Assert.True(FleetConvergence.With(leader.DescribeWanted(Shop), report).IsLive);

        publisher.Publish(_assembly.State);
        publisher.Publish(_assembly.State);
        Assert.Single(publisher.Groups);
    }

    [Fact]
    public void A_weight_that_returns_while_another_is_under_way_is_not_live_yet()
    {
        Publish(100, 0);
        Subscribe();
        Push();
        Acknowledge();
        Publish(75, 25);
        Push();
        Publish(100, 0);

        Assert.False(_tracker.Describe(Shop).IsLive);

        Acknowledge();
        Push();
        Assert.False(_tracker.Describe(Shop).IsLive);

        Acknowledge();
        Assert.True(_tracker.Describe(Shop).IsLive);
    }

    [Fact]
    public void A_change_of_matches_alone_has_to_be_acknowledged_too()
    {
        Publish(100, 0, Group("/a") + Matched);
        Subscribe();
        Push();
        Acknowledge();
        Publish(100, 0, Group("/b") + Matched);

        Assert.False(_tracker.Describe(Shop).IsLive);

        Push();
        Acknowledge();
        Assert.True(_tracker.Describe(Shop).IsLive);
    }

    [Theory]
    [InlineData("""{"mirror":{"backend":"shop-v2","percent":10}}""", """{"mirror":{"backend":"shop-v2","percent":20}}""")]
    [InlineData("""{"affinity":{"backend":"shop-v1","cookie":"a=b"}}""", """{"affinity":{"backend":"shop-v1","cookie":"a=c"}}""")]
    [InlineData("""{"affinity":{"backend":"shop-v2"}}""", """{"affinity":{"backend":"shop-v2","fallback":"shop-v1","previousCookie":"a=c"}}""")]
    public void RTR_27_A_change_of_the_routing_annotation_alone_has_to_be_acknowledged_too(string before, string after)
    {
        PublishWith(before);
        Subscribe();
        Push();
        Acknowledge();
        Assert.True(_tracker.Describe(Shop).IsLive);
        PublishWith(after);

        Assert.False(_tracker.Describe(Shop).IsLive);

        Push();
        Acknowledge();
        Assert.True(_tracker.Describe(Shop).IsLive);
    }

    [Fact]
    public void RTR_34_weights_wanted_are_those_of_the_requests_that_match()
    {
        PublishWith("""{"match":[{"headers":[{"name":"a","exact":"b"}]}],"fallback":"shop-v2"}""");
        Subscribe();
        Push();
        Acknowledge();

        var state = _tracker.Describe(Shop);

        Assert.True(state.IsLive);
        Assert.Equal([("shop-v1", 100u), ("shop-v2", 0u)], state.Wanted.Select(weight => (weight.Backend, (uint)weight.Weight)));
    }

    [Fact]
    public void Proxies_of_other_namespaces_follow_a_service_too_though_they_know_it_by_fewer_names()
    {
        var gateway = Open("gateway", NodeGroup.Create("gateways", [NodeGroup.AllNamespaces]));
        Publish(100, 0);
        Subscribe();
        Subscribe(gateway);
        Push();
        Push(gateway);
        Acknowledge();

        Assert.Equal((2, 1), Counts());

        Answer(gateway, null);
        Assert.Equal((2, 2), Counts());

        Publish(75, 25);
        Push();
        Acknowledge();
        Assert.Equal((2, 1), Counts());

        Push(gateway);
        Answer(gateway, null);
        Assert.Equal((2, 2), Counts());

        (int Proxies, int Converged) Counts()
        {
            var state = _tracker.Describe(Shop);
            return (state.Proxies, state.Converged);
        }
    }

    [Fact]
    public void Weights_wanted_are_those_of_the_next_port_where_no_backend_has_the_first()
    {
        Publish(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: shop, namespace: default}
            spec: {ports: [{name: metrics, port: 9797, appProtocol: http}, {name: http, port: 80}]}

            """ + MeshManifests.Services("shop-v1", "shop-v2") + MeshManifests.Split("shop", "shop", "shop-v1: 70, shop-v2: 30"));
        Subscribe();
        Push();
        Acknowledge();

        var state = _tracker.Describe(Shop);

        Assert.True(state.IsLive);
        Assert.Equal([("shop-v1", 70u), ("shop-v2", 30u)], state.Wanted.Select(weight => (weight.Backend, weight.Weight)));
    }

    [Fact]
    public void A_deleted_service_is_followed_but_never_live()
    {
        Publish(100, 0);
        Subscribe();
        Push();
        Acknowledge();
        Publish(MeshManifests.Services("other"));
        Push();
        Acknowledge();

        var state = _tracker.Describe(Shop);

        Assert.Equal((1, 1, false), (state.Proxies, state.Converged, state.IsLive));
        Assert.Empty(state.Wanted);
    }

    [Fact]
    public void A_rejection_is_told_in_the_words_of_the_proxy()
    {
        Publish(100, 0);
        Subscribe();
        Push();
        Answer(_stream, new Rejection(13, "no such thing"));

        var lagging = Assert.Single(_tracker.Describe(Shop).Lagging);
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

    private void Publish(int v1, int v2, string more = "") => Publish(
        MeshManifests.Services("shop", "shop-v1", "shop-v2") + more +
        $$"""
        ---
        apiVersion: split.smi-spec.io/v1alpha4
        kind: TrafficSplit
        metadata: {name: shop, namespace: default}
        spec:
          service: shop
          backends: [{service: shop-v1, weight: {{v1}}}, {service: shop-v2, weight: {{v2}}}]

        """);

    private void PublishWith(string routing) => Publish(
        MeshManifests.Services("shop", "shop-v1", "shop-v2") + MeshManifests.Split(
            "shop", "shop", "shop-v1: 100, shop-v2: 0", metadata: $"annotations: {{xdscanary.io/routing: '{routing}'}}"));

    private void Publish(string yaml)
    {
        _assembly = MeshAssembler.Assemble(_assembly, TestObjects.Read(yaml), new MeshOptions());
        _publisher.Publish(_assembly.State);
    }

    private StreamRecord Open(string node, NodeGroup group)
    {
        var stream = _registry.Open("peer", new StreamState(XdsVariant.Delta, ProtocolSettings.Default, TimeSpan.Zero));
        stream.Node = new NodeIdentity(node, "test", string.Empty, group);
        _publisher.Join(group, new AsyncSignal());
        return stream;
    }

    private void Subscribe() => Subscribe(_stream);

    private void Push() => Push(_stream);

    private void Acknowledge() => Answer(_stream, null);

    private static void Subscribe(StreamRecord stream) => stream.State = StreamRequests.Apply(
        stream.State,
        new DeltaInput(
            ResourceType.Route,
            string.Empty,
            null,
            SubscriptionChange.None with { Subscribe = NameSet.Of(["http"]) },
            ImmutableDictionary<string, string>.Empty),
        TimeSpan.Zero).State;

    private void Push(StreamRecord stream)
    {
        var snapshot = _publisher.Groups.Single(group => group.Group == stream.Node!.Group).Current;
        var plan = PushPlanner.Next(stream.State with { Snapshot = snapshot }, TimeSpan.Zero);
        stream.State = plan.State;
        Assert.NotNull(plan.Response);
    }

    private static void Answer(StreamRecord stream, Rejection? rejection) => stream.State = StreamRequests.Apply(
        stream.State,
        new DeltaInput(
            ResourceType.Route,
            stream.State.Find(ResourceType.Route)!.LastNonce,
            rejection,
            SubscriptionChange.None,
            ImmutableDictionary<string, string>.Empty),
        TimeSpan.Zero).State;
}
