using System.Net;
using XdsCanary.EndToEnd.Tests.Mesh;
using XdsCanary.TestKit.Manifests;
using XdsCanary.TestKit.Traffic;

namespace XdsCanary.EndToEnd.Tests.Routing;

/// <summary>Where a real Envoy sends the requests of a split service.</summary>
[Collection(RealPrograms.Name)]
public sealed class SplitRoutingTests(ITestOutputHelper output)
{
    private const int Sample = 2_000;

    [Fact]
    public async Task Matches_send_those_they_mean_to_the_backend_and_leave_the_others()
    {
        await using var mesh = new RoutingMesh();
        var web = await mesh.UpstreamAsync("web.default");
        mesh.Manifests.Write(
            "web.yaml",
            $$$"""
            apiVersion: v1
            kind: Service
            metadata: {name: web, annotations: {xdscanary.io/hosts: app.example.com}}
            spec: {ports: [{name: http, port: 80}]}
            ---
            {{{Manifest.EndpointSlice("web", "default", web.Port)}}}
            """);
        await mesh.ServeAsync("default", "a", "b");
        mesh.Manifests.Write(
            "ab.yaml",
            """
            apiVersion: specs.smi-spec.io/v1alpha4
            kind: HTTPRouteGroup
            metadata: {name: insiders}
            spec:
              matches:
              - name: cookie
                headers: {cookie: "^(.*?;)?( ?type=insider)(;.*)?$"}
              - name: api
                pathRegex: ^/api/
                methods: [GET, HEAD]
                headers: [{host: app\.example\.com}]
            ---
            apiVersion: split.smi-spec.io/v1alpha4
            kind: TrafficSplit
            metadata: {name: ab}
            spec:
              service: web
              matches: [{kind: HTTPRouteGroup, name: insiders}]
              backends: [{service: a, weight: 0}, {service: b, weight: 1}]
            """);
        await mesh.StartAsync();

        (string, string)[] insider = [("cookie", "a=b; type=insider")];
        await mesh.AssertServedAsync("b.default", "web.default", headers: insider);
        await mesh.AssertServedAsync("b.default", "web.default", "/any/path?q", "POST", insider);
        await mesh.AssertServedAsync("b.default", "app.example.com", "/api/v1?x=1");
        await mesh.AssertServedAsync("b.default", "app.example.com", "/api/v1", "HEAD");

        await mesh.AssertServedAsync("web.default", "web.default");
        await mesh.AssertServedAsync("web.default", "web.default", headers: ("cookie", "type=insiders"));
        await mesh.AssertServedAsync("web.default", "web.default", "/api/v1");
        await mesh.AssertServedAsync("web.default", "app.example.com", "/api/v1", "POST");
        await mesh.AssertServedAsync("web.default", "app.example.com", "/apis");
        await mesh.AssertServedAsync("web.default", "app.example.com", "/v1/api/");
        await mesh.AssertNothingRejectedAsync();
    }

    [Fact]
    public async Task Each_port_of_a_service_is_shared_among_the_backends_that_have_it()
    {
        await using var mesh = new RoutingMesh();
        await mesh.ServeAsync("default", "b");
        mesh.Manifests.Write(
            "ports.yaml",
            $$$"""
            apiVersion: v1
            kind: Service
            metadata: {name: web}
            spec: {ports: [{name: http, port: 80}, {name: admin, port: 8080}]}
            ---
            apiVersion: v1
            kind: Service
            metadata: {name: a}
            spec: {ports: [{name: http, port: 80}, {name: admin, port: 8080}]}
            ---
            apiVersion: discovery.k8s.io/v1
            kind: EndpointSlice
            metadata: {name: a-1, labels: {kubernetes.io/service-name: a}}
            addressType: IPv4
            ports:
            - {name: http, port: {{{(await mesh.UpstreamAsync("a.default")).Port}}}}
            - {name: admin, port: {{{(await mesh.UpstreamAsync("a-admin.default")).Port}}}}
            endpoints: [{addresses: [127.0.0.1]}]
            """);
        mesh.Manifests.WriteSplit("web", ("a", 3), ("b", 7));
        await mesh.StartAsync();

        await AssertSharesAsync(mesh, "web.default", ("a.default", 0.3), ("b.default", 0.7));
        await AssertSharesAsync(mesh, "web.default:80", ("a.default", 0.3), ("b.default", 0.7));
        await AssertSharesAsync(mesh, "web.default:8080", ("a-admin.default", 1));
        await mesh.AssertServedAsync("a-admin.default", "a.default:8080");
        await mesh.AssertNotRoutedAsync("b.default:8080");
        await mesh.AssertNothingRejectedAsync();
    }

    [Fact]
    public async Task Share_of_a_missing_backend_goes_to_the_others_until_it_comes()
    {
        await using var mesh = new RoutingMesh();
        mesh.Manifests.WriteRoot("web");
        await mesh.ServeAsync("default", "a", "b");
        mesh.Manifests.WriteSplit("web", ("a", 30), ("b", 20), ("late", 50));
        await mesh.StartAsync();

        await AssertSharesAsync(mesh, "web.default", ("a.default", 0.6), ("b.default", 0.4));

        await mesh.ServeAsync("default", "late");
        await mesh.FollowsAsync("web", ("a", 30), ("b", 20), ("late", 50));
        await AssertSharesAsync(mesh, "web.default", ("a.default", 0.3), ("b.default", 0.2), ("late.default", 0.5));
        await mesh.AssertNothingRejectedAsync();
    }

    [Fact]
    public async Task No_weight_above_zero_is_answered_503_with_the_reason()
    {
        await using var mesh = new RoutingMesh();
        mesh.Manifests.WriteRoot("web");
        await mesh.ServeAsync("default", "a", "b");
        mesh.Manifests.WriteSplit("web", ("a", 0), ("b", 0));
        await mesh.StartAsync();

        const string Reason = "TrafficSplit default/web: no backend with port 80 has a weight above 0\n";
        Assert.Equal(new Reply(HttpStatusCode.ServiceUnavailable, null, Reason), await mesh.AskAsync("web.default"));
        await mesh.AssertServedAsync("a.default", "a.default");
        await mesh.AssertNothingRejectedAsync();
    }

    private async Task AssertSharesAsync(RoutingMesh mesh, string host, params (string Upstream, double Share)[] expected)
    {
        var report = await TrafficClient.RunAsync(mesh.To(host), Sample);
        output.WriteLine($"{host}: {report}");
        Assert.Equal(0, report.Failed);
        Assert.Equal(Sample, expected.Sum(entry => report.From(entry.Upstream)));
        Assert.All(expected, entry =>
        {
            // Five standard deviations: a right share is outside once in two million samples.
            var deviation = Math.Sqrt(Sample * entry.Share * (1 - entry.Share));
            Assert.InRange(report.From(entry.Upstream), (Sample * entry.Share) - (5 * deviation), (Sample * entry.Share) + (5 * deviation));
        });
    }
}
