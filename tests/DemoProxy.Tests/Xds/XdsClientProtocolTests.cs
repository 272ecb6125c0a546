using System.Collections.Immutable;
using Envoy.Config.Route.V3;
using Envoy.Service.Discovery.V3;
using Google.Protobuf;
using XdsCanary.DemoProxy.Tests.Kit;
using XdsCanary.DemoProxy.Xds;

namespace XdsCanary.DemoProxy.Tests.Xds;

public sealed class XdsClientProtocolTests
{
    private XdsClientState _state = XdsClientState.Initial;
    private TimeSpan _now;

    [Fact]
    public void Connect_asks_for_all_clusters_and_listeners_only()
    {
        var requests = Connect();

        Assert.Equal([XdsTypes.Cluster, XdsTypes.Listener], requests.Select(request => request.TypeUrl));
        Assert.All(requests, request => Assert.Empty(request.ResourceNamesSubscribe));
    }

    [Fact]
    public void Cluster_is_acknowledged_once_its_endpoints_have_come()
    {
        Connect();

        var atClusters = Receive("1", "v1", Envoys.Cluster("a"));
        Assert.Empty(_state.ActiveClusters);
        var atEndpoints = Receive("2", "v1", Envoys.Endpoints("a", 80));

        var subscribe = Assert.Single(atClusters);
        Assert.Equal(["a"], subscribe.ResourceNamesSubscribe);
        Assert.Equal([(XdsTypes.Endpoint, "2"), (XdsTypes.Cluster, "1")], atEndpoints.Select(Answer));
        Assert.All(atEndpoints, request => Assert.Null(request.ErrorDetail));
        Assert.Contains("a", _state.ActiveClusters);
    }

    [Fact]
    public void Changed_cluster_serves_as_before_until_endpoints_come_again()
    {
        Serve();
        var changed = Envoys.Cluster("a", "other");

        var atCluster = Receive("9", "v2", changed);
        Assert.Equal("a", _state.ActiveClusters["a"].StatName);
        var atEndpoints = Receive("10", "v1", Envoys.Endpoints("a", 80));

        Assert.Empty(atCluster);
        Assert.Equal([(XdsTypes.Endpoint, "10"), (XdsTypes.Cluster, "9")], atEndpoints.Select(Answer));
        Assert.Equal("other", _state.ActiveClusters["a"].StatName);
    }

    [Fact]
    public void Change_that_this_client_does_not_read_is_acknowledged_after_warming_too()
    {
        Serve();
        var changed = Envoys.Cluster("a");
        changed.CircuitBreakers = new Envoy.Config.Cluster.V3.CircuitBreakers();

        Assert.Empty(Receive("9", "v2", changed));
        Assert.Contains((XdsTypes.Cluster, "9"), Receive("10", "v1", Envoys.Endpoints("a", 80)).Select(Answer));
    }

    [Fact]
    public void Cluster_sent_again_unchanged_is_acknowledged_at_once()
    {
        Serve();

        var requests = Receive("9", "v2", Envoys.Cluster("a"));

        Assert.Equal([(XdsTypes.Cluster, "9")], requests.Select(Answer));
        Assert.Equal("v2", _state.HeldVersions()[XdsTypes.Cluster]["a"]);
    }

    [Fact]
    public void Endpoints_that_never_come_hold_up_a_cluster_for_15_seconds()
    {
        Connect();
        Receive("1", "v1", Envoys.Cluster("a"));

        Assert.Equal(TimeSpan.FromSeconds(15), _state.NextDeadline);
        _now = TimeSpan.FromSeconds(14.9);
        Assert.Empty(Take(XdsClientProtocol.Elapse(_state, _now)));
        _now = TimeSpan.FromSeconds(15);
        var requests = Take(XdsClientProtocol.Elapse(_state, _now));

        Assert.Equal([(XdsTypes.Cluster, "1")], requests.Select(Answer));
        Assert.Contains("a", _state.ActiveClusters);
        Assert.Null(_state.NextDeadline);
    }

    [Fact]
    public void Endpoints_reported_missing_end_the_wait()
    {
        Connect();
        Receive("1", "v1", Envoys.Cluster("a"));

        var requests = Take(XdsClientProtocol.Receive(
            _state, new DeltaDiscoveryResponse { TypeUrl = XdsTypes.Endpoint, Nonce = "2", RemovedResources = { "a" } }, _now));

        Assert.Equal([(XdsTypes.Endpoint, "2"), (XdsTypes.Cluster, "1")], requests.Select(Answer));
    }

    [Fact]
    public void Cluster_answers_keep_the_order_of_the_responses()
    {
        Connect();
        Receive("1", "v1", Envoys.Cluster("a"));
        Receive("2", "v1", Envoys.Cluster("b"));

        Assert.Equal([(XdsTypes.Endpoint, "3")], Receive("3", "v1", Envoys.Endpoints("b", 80)).Select(Answer));
        Assert.Equal(
            [(XdsTypes.Endpoint, "4"), (XdsTypes.Cluster, "1"), (XdsTypes.Cluster, "2")],
            Receive("4", "v1", Envoys.Endpoints("a", 80)).Select(Answer));
    }

    [Fact]
    public void Removed_cluster_is_gone_and_its_endpoints_are_unsubscribed()
    {
        Serve();

        var requests = Take(XdsClientProtocol.Receive(
            _state, new DeltaDiscoveryResponse { TypeUrl = XdsTypes.Cluster, Nonce = "9", RemovedResources = { "a" } }, _now));

        Assert.Empty(_state.ActiveClusters);
        Assert.Empty(_state.Endpoints);
        Assert.Equal(["a"], requests[0].ResourceNamesUnsubscribe);
        Assert.Equal((XdsTypes.Cluster, "9"), Answer(requests[1]));
    }

    [Fact]
    public void Listener_serves_once_its_routes_have_come()
    {
        Connect();

        var requests = Receive("1", "v1", Envoys.Listener("http", "routes"));
        Assert.Empty(_state.ActiveListeners);
        Receive("2", "v1", Envoys.Routes("routes", Envoys.To("a")));

        Assert.Equal((XdsTypes.Listener, "1"), Answer(requests[0]));
        Assert.Equal(["routes"], requests[1].ResourceNamesSubscribe);
        Assert.Contains("http", _state.ActiveListeners);
    }

    [Fact]
    public void Routes_that_are_removed_stay_in_service_and_are_not_claimed_any_more()
    {
        Serve();

        Take(XdsClientProtocol.Receive(
            _state, new DeltaDiscoveryResponse { TypeUrl = XdsTypes.Route, Nonce = "9", RemovedResources = { "routes" } }, _now));

        Assert.Contains("routes", _state.Routes);
        Assert.Empty(_state.HeldVersions()[XdsTypes.Route]);
    }

    [Fact]
    public void Unsupported_action_is_rejected_by_name_and_the_last_good_routes_stay()
    {
        Serve();
        var bad = Envoys.Routes("routes", new Route { Name = "away", Match = new RouteMatch { Prefix = "/" }, Redirect = new RedirectAction() });

        var request = Assert.Single(Receive("9", "v2", bad));

        Assert.Equal(13, request.ErrorDetail.Code);
        Assert.Contains("routes: virtual host 'all', route 'away': the action redirect", request.ErrorDetail.Message, StringComparison.Ordinal);
        Assert.Equal("v1", _state.HeldVersions()[XdsTypes.Route]["routes"]);
        Assert.NotNull(_state.Routes["routes"].Value.Find(Requests.Get("/"), ignorePort: false));
    }

    [Fact]
    public void Good_resources_of_a_rejected_response_are_taken_and_the_rejection_does_not_wait()
    {
        Connect();
        var bad = Envoys.Cluster("bad");
        bad.TransportSocket = new Envoy.Config.Core.V3.TransportSocket { Name = "envoy.transport_sockets.tls" };

        var requests = Receive("1", "v1", bad, Envoys.Cluster("good"));

        Assert.Equal(["good"], requests[0].ResourceNamesSubscribe);
        Assert.StartsWith("bad: transport_socket", requests[1].ErrorDetail.Message, StringComparison.Ordinal);
        Assert.Equal(["good"], _state.Clusters.Keys);
    }

    [Fact]
    public void Name_that_occurs_twice_is_rejected()
    {
        Connect();

        var requests = Receive("1", "v1", Envoys.Listener("http", "r"), Envoys.Listener("http", "r"));

        Assert.Contains("http: it occurs more than once", requests[0].ErrorDetail.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Reconnect_names_what_is_held_and_subscribes_anew()
    {
        Serve();

        var requests = Connect();

        Assert.Equal(
            [XdsTypes.Cluster, XdsTypes.Endpoint, XdsTypes.Listener, XdsTypes.Route], requests.Select(request => request.TypeUrl));
        Assert.All(requests, request => Assert.Equal("v1", Assert.Single(request.InitialResourceVersions).Value));
        Assert.Equal(["a"], requests[1].ResourceNamesSubscribe);
        Assert.Equal(["routes"], requests[3].ResourceNamesSubscribe);
        Assert.All(requests, request => Assert.Empty(request.ResponseNonce));
    }

    [Fact]
    public void Reconnect_while_warming_asks_for_the_endpoints_as_if_not_held_and_drops_old_answers()
    {
        Serve();
        Receive("9", "v2", Envoys.Cluster("a", "other"));

        var requests = Connect();
        var atEndpoints = Receive("1", "v1", Envoys.Endpoints("a", 80));

        Assert.Empty(requests.Single(request => request.TypeUrl == XdsTypes.Endpoint).InitialResourceVersions);
        Assert.Equal([(XdsTypes.Endpoint, "1")], atEndpoints.Select(Answer));
        Assert.Equal("other", _state.ActiveClusters["a"].StatName);
    }

    [Fact]
    public void Type_that_was_never_asked_for_is_left_alone() =>
        Assert.Empty(Take(XdsClientProtocol.Receive(_state, new DeltaDiscoveryResponse { TypeUrl = "x", Nonce = "1" }, _now)));

    private void Serve()
    {
        Connect();
        Receive("1", "v1", Envoys.Cluster("a"));
        Receive("2", "v1", Envoys.Endpoints("a", 80));
        Receive("3", "v1", Envoys.Listener("http", "routes"));
        Receive("4", "v1", Envoys.Routes("routes", Envoys.To("a")));
    }

    private ImmutableArray<DeltaDiscoveryRequest> Connect() => Take(XdsClientProtocol.Connect(_state));

    private ImmutableArray<DeltaDiscoveryRequest> Receive(string nonce, string version, params IMessage[] resources) =>
        Take(XdsClientProtocol.Receive(_state, Envoys.Response(Envoys.TypeOf(resources[0]), nonce, version, resources), _now));

    private ImmutableArray<DeltaDiscoveryRequest> Take(XdsStep step)
    {
        _state = step.State;
        return step.Requests;
    }

    private static (string Type, string Nonce) Answer(DeltaDiscoveryRequest request) => (request.TypeUrl, request.ResponseNonce);
}
