using System.Net;
using Envoy.Config.Core.V3;
using Envoy.Config.Endpoint.V3;
using Envoy.Config.Route.V3;
using Envoy.Service.Discovery.V3;
using Envoy.Type.V3;
using Google.Protobuf.WellKnownTypes;
using Microsoft.Extensions.Logging.Abstractions;
using XdsCanary.DemoProxy.Tests.Kit;
using XdsCanary.DemoProxy.Xds;

namespace XdsCanary.DemoProxy.Tests;

/// <summary>The whole data plane between a scripted control plane and real upstreams.</summary>
public sealed class EmbeddedDataPlaneTests : IAsyncLifetime
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly CancellationTokenSource _limit = new(Limit, TimeProvider.System);
    private readonly HttpClient _http = new();
    private FakeAdsServer _server = null!;
    private Upstream _v1 = null!;
    private Upstream _v2 = null!;
    private EmbeddedDataPlane _plane = null!;

    private CancellationToken Cancellation => _limit.Token;

    public async ValueTask InitializeAsync()
    {
        _server = await FakeAdsServer.StartAsync(Cancellation);
        _v1 = await Upstream.StartAsync("v1", Cancellation);
        _v2 = await Upstream.StartAsync("v2", Cancellation);
        _plane = await EmbeddedDataPlane.StartAsync(
            new EmbeddedDataPlaneOptions { XdsAddress = _server.Address, NodeId = "node-1", NodeNamespace = "shop" },
            NullLoggerFactory.Instance, TimeProvider.System, new Random(7), Cancellation);
    }

    public async ValueTask DisposeAsync()
    {
        await _plane.DisposeAsync();
        await _server.DisposeAsync();
        await _v1.DisposeAsync();
        await _v2.DisposeAsync();
        _http.Dispose();
        _limit.Dispose();
    }

    [Fact]
    public async Task First_request_introduces_the_node_and_later_ones_do_not()
    {
        var stream = await _server.NextStreamAsync(Cancellation);

        var first = await stream.NextAsync(Cancellation);
        var second = await stream.NextAsync(Cancellation);

        Assert.Equal("node-1", first.Node.Id);
        Assert.Equal("demo", first.Node.Cluster);
        Assert.Equal("shop", first.Node.Metadata.Fields["namespace"].StringValue);
        Assert.Null(second.Node);
    }

    [Fact]
    public async Task Requests_follow_the_weights_that_were_acknowledged_last()
    {
        var stream = await ServeAsync(Envoys.Split(("shop-v1", 1), ("shop-v2", 0)));
        Assert.Equal(["v1"], (await VersionsAsync(50)).Distinct());

        await stream.ExchangeAsync("2", Envoys.Routes("routes", Envoys.Split(("shop-v1", 0), ("shop-v2", 1))), Cancellation);
        Assert.Equal(["v2"], (await VersionsAsync(50)).Distinct());

        await stream.ExchangeAsync("3", Envoys.Routes("routes", Envoys.Split(("shop-v1", 1), ("shop-v2", 3))), Cancellation);
        var share = (await VersionsAsync(400)).Count(version => version == "v1") / 400.0;
        Assert.InRange(share, 0.25 - (4 * 0.0217), 0.25 + (4 * 0.0217));
    }

    [Fact]
    public async Task Cluster_that_is_added_later_serves_once_acknowledged()
    {
        var stream = await ServeAsync(Envoys.To("shop-v3"));
        Assert.Equal(HttpStatusCode.ServiceUnavailable, (await GetAsync("/")).StatusCode);

        var nonce = await stream.SendAsync("2", Envoys.Cluster("shop-v3"));
        var subscribe = await stream.NextAsync(Cancellation);
        await stream.SendAsync("2", Envoys.Endpoints("shop-v3", _v2.Port));
        await stream.AnswerAsync(XdsTypes.Cluster, nonce, Cancellation);

        Assert.Equal(["shop-v3"], subscribe.ResourceNamesSubscribe);
        Assert.Equal("v2", await (await GetAsync("/")).Content.ReadAsStringAsync(Cancellation));
    }

    [Fact]
    public async Task Bad_resource_is_rejected_by_name_and_the_last_good_one_serves()
    {
        var stream = await ServeAsync(Envoys.To("shop-v1"));

        var answer = await stream.ExchangeAsync(
            "2", Envoys.Routes("routes", new Route { Match = new RouteMatch { Prefix = "/" }, Redirect = new RedirectAction() }), Cancellation);

        Assert.StartsWith("routes: ", answer.ErrorDetail.Message, StringComparison.Ordinal);
        Assert.Contains("redirect", answer.ErrorDetail.Message, StringComparison.Ordinal);
        Assert.Equal(["v1"], (await VersionsAsync(1)).Distinct());
        Assert.Equal("1", _plane.HeldVersions[XdsTypes.Route]["routes"]);
    }

    [Fact]
    public async Task New_stream_names_what_is_held_and_requests_go_on_meanwhile()
    {
        var stream = await ServeAsync(Envoys.To("shop-v1"));

        stream.End();
        Assert.Equal(["v1"], (await VersionsAsync(5)).Distinct());
        var (next, clusters) = await NextSpeakingStreamAsync();
        var endpoints = await next.NextAsync(Cancellation);

        Assert.Equal("node-1", clusters.Node.Id);
        Assert.Equal(["shop-v1", "shop-v2"], clusters.InitialResourceVersions.Keys.Order());
        Assert.Equal(["shop-v1", "shop-v2"], endpoints.ResourceNamesSubscribe);
        Assert.All(endpoints.InitialResourceVersions, entry => Assert.Equal("1", entry.Value));
    }

    [Fact]
    public async Task Request_reaches_the_endpoint_as_it_was_sent()
    {
        await ServeAsync(Envoys.To("shop-v1"));

        using var response = await GetAsync("/a%2Fb?x=1%20y");

        Assert.Equal("shop.default", response.Headers.GetValues("x-host").Single());
        Assert.Equal("/a%2Fb?x=1%20y", response.Headers.GetValues("x-target").Single());
    }

    [Fact]
    public async Task Failures_are_answered_as_envoy_answers_them()
    {
        var stream = await ServeAsync(
            Prefixed("/hang", new RouteAction { Cluster = "shop-v1", Timeout = Duration.FromTimeSpan(TimeSpan.FromMilliseconds(50)) }),
            Prefixed("/nowhere", new RouteAction { Cluster = "unknown" }),
            Prefixed("/down", new RouteAction { Cluster = "shop-v2" }),
            new Route
            {
                Match = new RouteMatch { Path = "/teapot" },
                DirectResponse = new DirectResponseAction { Status = 418, Body = new DataSource { InlineString = "short" } },
            });
        await stream.ExchangeAsync("2", Down(), Cancellation);

        Assert.Equal((504, "upstream request timeout"), await StatusAndBodyAsync("/hang"));
        Assert.Equal((503, string.Empty), await StatusAndBodyAsync("/nowhere"));
        Assert.Equal((503, "no healthy upstream"), await StatusAndBodyAsync("/down"));
        Assert.Equal((418, "short"), await StatusAndBodyAsync("/teapot"));
        Assert.Equal((404, string.Empty), await StatusAndBodyAsync("/other"));
        var stats = await AdminAsync("/stats");
        Assert.Contains("cluster.shop-v1.upstream_rq_504: 1\n", stats, StringComparison.Ordinal);
        Assert.Contains("cluster.shop-v2.upstream_rq_503: 1\n", stats, StringComparison.Ordinal);
        Assert.Contains("http.ingress.downstream_rq_4xx: 2\n", stats, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Unreachable_endpoint_is_answered_with_503()
    {
        var stream = await ServeAsync(Envoys.To("shop-v1"));
        await _v1.DisposeAsync();

        var (status, body) = await StatusAndBodyAsync("/");

        Assert.Equal(503, status);
        Assert.StartsWith("upstream connect error", body, StringComparison.Ordinal);
        stream.End();
    }

    [Fact]
    public async Task Admin_pages_tell_readiness_numbers_and_names()
    {
        using var before = await _http.GetAsync(new Uri(_plane.AdminAddress, "/ready"), Cancellation);
        await ServeAsync(Envoys.To("shop-v1"));
        await VersionsAsync(3);

        Assert.Equal(HttpStatusCode.ServiceUnavailable, before.StatusCode);
        Assert.Equal("LIVE\n", await AdminAsync("/ready"));
        Assert.Equal(
            "cluster.shop-v1.upstream_rq_200: 3\n", await AdminAsync("/stats?filter=" + Uri.EscapeDataString(@"shop-v1\.upstream_rq_200$")));
        Assert.Contains(
            "envoy_cluster_upstream_rq_time_count{envoy_cluster_name=\"shop-v1\"} 3\n", await AdminAsync("/stats/prometheus"),
            StringComparison.Ordinal);
        Assert.Contains("\"name\": \"shop-v2\"", await AdminAsync("/config_dump"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Listener_that_is_removed_closes_its_port()
    {
        var stream = await ServeAsync(Envoys.To("shop-v1"));

        await stream.RemoveAsync(XdsTypes.Listener, "http");
        await EventuallyAsync(() => _plane.ListenerAddresses.Count == 0);

        using var ready = await _http.GetAsync(new Uri(_plane.AdminAddress, "/ready"), Cancellation);
        Assert.Equal(HttpStatusCode.ServiceUnavailable, ready.StatusCode);
    }

    [Fact]
    public async Task RTR_28_copies_reach_the_mirror_and_their_answers_nobody()
    {
        await ServeAsync(Mirrored(100));

        using var posted = await PostAsync("/a?b=c", new string('x', 1000));
        using var got = await GetAsync("/d");

        Assert.Equal("v1", await posted.Content.ReadAsStringAsync(Cancellation));
        Assert.Equal("v1", await got.Content.ReadAsStringAsync(Cancellation));
        await EventuallyAsync(() => _v2.Seen.Count == 2);
        Assert.Equal([$"POST shop.default /a?b=c {new string('x', 1000)}", "GET shop.default /d "], _v1.Seen);
        Assert.Equal(
            ["GET shop.default-shadow /d ", $"POST shop.default-shadow /a?b=c {new string('x', 1000)}"], _v2.Seen.Order());
    }

    [Fact]
    public async Task Long_body_is_passed_on_and_not_copied()
    {
        await ServeAsync(Mirrored(100));
        var body = new string('x', 100_000);

        using var posted = await PostAsync("/", body);

        Assert.Equal("v1", await posted.Content.ReadAsStringAsync(Cancellation));
        Assert.EndsWith(body, Assert.Single(_v1.Seen), StringComparison.Ordinal);
        Assert.Empty(_v2.Seen);
    }

    [Fact]
    public async Task Some_requests_are_copied_when_some_are_wanted()
    {
        await ServeAsync(Mirrored(25));

        Assert.Equal(["v1"], (await VersionsAsync(400)).Distinct());

        // Copies still on their way cannot make up for a wrong share.
        Assert.InRange(_v2.Seen.Count, 100 - (4 * 8.7), 100 + (4 * 8.7));
    }

    [Fact]
    public async Task Mirror_that_is_down_hurts_no_request()
    {
        await ServeAsync(Mirrored(100));
        await _v2.DisposeAsync();

        Assert.Equal(["v1"], (await VersionsAsync(5)).Distinct());
    }

    [Fact]
    public async Task RTR_27_headers_of_the_cluster_chosen_are_added_to_those_of_the_answer()
    {
        var route = Envoys.Split(("shop-v1", 1), ("shop-v2", 0));
        AddCookie(route, 0, "a=1%%2; Max-Age=60");
        AddCookie(route, 1, "b=2");
        await ServeAsync(route);

        using var response = await GetAsync("/");

        Assert.Equal(["own=1", "a=1%2; Max-Age=60"], response.Headers.GetValues("set-cookie"));
    }

    [Fact]
    public async Task Header_with_a_command_is_rejected_by_name()
    {
        var stream = await ServeAsync(Envoys.To("shop-v1"));
        var route = Envoys.Split(("shop-v1", 1));
        AddCookie(route, 0, "a=%DOWNSTREAM_REMOTE_ADDRESS%");

        var answer = await stream.ExchangeAsync("2", Envoys.Routes("routes", route), Cancellation);

        Assert.Contains("%DOWNSTREAM_REMOTE_ADDRESS%", answer.ErrorDetail.Message, StringComparison.Ordinal);
    }

    private static void AddCookie(Route route, int cluster, string value) =>
        route.Route_.WeightedClusters.Clusters[cluster].ResponseHeadersToAdd.Add(
            new HeaderValueOption { Header = new HeaderValue { Key = "set-cookie", Value = value } });

    private static Route Mirrored(uint percent)
    {
        var route = Envoys.To("shop-v1");
        route.Route_.RequestMirrorPolicies.Add(new RouteAction.Types.RequestMirrorPolicy
        {
            Cluster = "shop-v2",
            RuntimeFraction = new RuntimeFractionalPercent { DefaultValue = new FractionalPercent { Numerator = percent } },
        });
        return route;
    }

    private async Task<HttpResponseMessage> PostAsync(string path, string body)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, $"http://{_plane.ListenerAddresses["http"]}{path}")
        {
            Content = new StringContent(body),
        };
        request.Headers.Host = "shop.default";
        return await _http.SendAsync(request, Cancellation);
    }

    // A stream that breaks before its first request is followed by another.
    private async Task<(FakeAdsStream Stream, DeltaDiscoveryRequest First)> NextSpeakingStreamAsync()
    {
        var stream = await _server.NextStreamAsync(Cancellation);
        while (true)
        {
            var first = stream.NextAsync(Cancellation);
            var other = _server.NextStreamAsync(Cancellation).AsTask();
            if (await Task.WhenAny(first, other) == first)
            {
                return (stream, await first);
            }

            stream = await other;
        }
    }

    private async Task<FakeAdsStream> ServeAsync(params Route[] routes)
    {
        var stream = await _server.NextStreamAsync(Cancellation);
        var nonce = await stream.SendAsync("1", Envoys.Cluster("shop-v1"), Envoys.Cluster("shop-v2"));
        await stream.SendAsync("1", Envoys.Endpoints("shop-v1", _v1.Port), Envoys.Endpoints("shop-v2", _v2.Port));
        await stream.AnswerAsync(XdsTypes.Cluster, nonce, Cancellation);
        await stream.ExchangeAsync("1", Envoys.Listener("http", "routes"), Cancellation);
        await stream.ExchangeAsync("1", Envoys.Routes("routes", routes), Cancellation);
        await EventuallyAsync(() => _plane.ListenerAddresses.ContainsKey("http"));
        return stream;
    }

    private ClusterLoadAssignment Down()
    {
        var endpoints = Envoys.Endpoints("shop-v2", _v2.Port);
        endpoints.Endpoints[0].LbEndpoints[0].HealthStatus = HealthStatus.Unhealthy;
        return endpoints;
    }

    private static Route Prefixed(string prefix, RouteAction action) => new() { Match = new RouteMatch { Prefix = prefix }, Route_ = action };

    private async Task<IReadOnlyList<string>> VersionsAsync(int count)
    {
        var versions = new List<string>(count);
        for (var index = 0; index < count; index++)
        {
            using var response = await GetAsync("/");
            versions.Add(await response.Content.ReadAsStringAsync(Cancellation));
        }

        return versions;
    }

    private async Task<(int Status, string Body)> StatusAndBodyAsync(string path)
    {
        using var response = await GetAsync(path);
        return ((int)response.StatusCode, await response.Content.ReadAsStringAsync(Cancellation));
    }

    private async Task<HttpResponseMessage> GetAsync(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"http://{_plane.ListenerAddresses["http"]}{path}");
        request.Headers.Host = "shop.default";
        return await _http.SendAsync(request, Cancellation);
    }

    private Task<string> AdminAsync(string path) => _http.GetStringAsync(new Uri(_plane.AdminAddress, path), Cancellation);

    private async Task EventuallyAsync(Func<bool> condition)
    {
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, Cancellation);
        }
    }
}
