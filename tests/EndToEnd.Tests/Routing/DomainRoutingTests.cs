using XdsCanary.EndToEnd.Tests.Mesh;
using XdsCanary.TestKit;
using XdsCanary.TestKit.Manifests;

namespace XdsCanary.EndToEnd.Tests.Routing;

/// <summary>Which service a real Envoy takes a host name for, by the namespaces that it sees.</summary>
[Collection(RealPrograms.Name)]
public sealed class DomainRoutingTests
{
    [Fact]
    public async Task Of_two_claims_to_a_host_one_is_served_and_the_loser_keeps_its_other_hosts()
    {
        await using var mesh = new RoutingMesh();
        await WriteWithHostsAsync(mesh, "one", "*, shop.example.com, two.default");
        await WriteWithHostsAsync(mesh, "two", "*, Shop.Example.com, two.example.com");
        await mesh.StartAsync();

        await mesh.AssertServedAsync("one.default", "shop.example.com");
        await mesh.AssertServedAsync("one.default", "SHOP.example.com:80");
        await mesh.AssertServedAsync("one.default", "one");
        await mesh.AssertServedAsync("two.default", "two");
        await mesh.AssertServedAsync("two.default", "two.default");
        await mesh.AssertServedAsync("two.default", "two.default.svc.cluster.local");
        await mesh.AssertServedAsync("two.default", "two.example.com");
        await mesh.AssertServedAsync("one.default", "any.thing.else");
        await mesh.AssertNothingRejectedAsync();

        // When the owner goes, the other one inherits.
        mesh.Manifests.Delete("one.yaml");
        await Eventually.GetAsync(() => mesh.AskAsync("shop.example.com"), reply => reply.From == "two.default");
        await mesh.AssertServedAsync("two.default", "any.thing.else");
    }

    [Fact]
    public async Task Envoy_sees_its_own_namespace_only_and_there_a_bare_name_will_do()
    {
        await using var mesh = new RoutingMesh();
        await mesh.ServeAsync("default", "web", "other");
        await mesh.ServeAsync("shop", "web");
        await mesh.StartAsync("shop");

        await mesh.AssertServedAsync("web.shop", "web");
        await mesh.AssertServedAsync("web.shop", "web:80");
        await mesh.AssertServedAsync("web.shop", "web.shop.svc.cluster.local.");
        await mesh.AssertNotRoutedAsync("other");
        await mesh.AssertNotRoutedAsync("web.default");
    }

    [Fact]
    public async Task Envoy_that_names_further_namespaces_sees_those()
    {
        await using var mesh = new RoutingMesh();
        await mesh.ServeAsync("default", "web");
        await mesh.ServeAsync("shop", "web", "cart");
        await mesh.ServeAsync("hidden", "web");
        await mesh.StartAsync("default", "shop");

        await mesh.AssertServedAsync("web.default", "web");
        await mesh.AssertServedAsync("web.shop", "web.shop");
        await mesh.AssertServedAsync("cart.shop", "cart.shop.svc");
        await mesh.AssertNotRoutedAsync("cart");
        await mesh.AssertNotRoutedAsync("web.hidden");
    }

    [Fact]
    public async Task Envoy_that_names_all_namespaces_sees_those_that_come_later_too()
    {
        await using var mesh = new RoutingMesh();
        await mesh.ServeAsync("default", "web");
        await mesh.ServeAsync("shop", "web");
        await mesh.StartAsync("default", "*");

        await mesh.AssertServedAsync("web.default", "web");
        await mesh.AssertServedAsync("web.shop", "web.shop");

        await mesh.ServeAsync("new", "web", "only");
        await Eventually.GetAsync(() => mesh.AskAsync("web.new"), reply => reply.From == "web.new");
        await Eventually.GetAsync(() => mesh.AskAsync("only.new"), reply => reply.From == "only.new");
        await mesh.AssertNotRoutedAsync("only");
        await mesh.AssertServedAsync("web.default", "web");
        await mesh.AssertNothingRejectedAsync();
    }

    private static async Task WriteWithHostsAsync(RoutingMesh mesh, string service, string hosts)
    {
        var upstream = await mesh.UpstreamAsync($"{service}.default");
        mesh.Manifests.Write(
            $"{service}.yaml",
            $$$"""
            apiVersion: v1
            kind: Service
            metadata: {name: {{{service}}}, annotations: {xdscanary.io/hosts: "{{{hosts}}}"}}
            spec: {ports: [{name: http, port: 80}]}
            ---
            {{{Manifest.EndpointSlice(service, "default", upstream.Port)}}}
            """);
    }
}
