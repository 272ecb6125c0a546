using Envoy.Config.Endpoint.V3;
using Envoy.Config.Route.V3;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;
using XdsCanary.XdsServer.Resources;
using XdsCanary.XdsServer.Snapshots;
using static XdsCanary.XdsServer.Tests.MeshManifests;

namespace XdsCanary.XdsServer.Tests.Resources;

public class ResourceBundleBuilderTests
{
    private const string Slice = """
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: web-1, labels: {kubernetes.io/service-name: web}}
        addressType: IPv4
        ports: [{port: 8080}]
        endpoints: [{addresses: [10.0.0.1]}]

        """;

    private static readonly string Base = Services("web", "a", "b") + Slice + Split("s", "web", "a: 1, b: 3");

    [Fact]
    public void Endpoint_change_rebuilds_one_assignment_only()
    {
        var (before, after) = Rebuild(Base, Base.Replace("10.0.0.1", "10.0.0.2", StringComparison.Ordinal));

        AssertSame(before.Clusters, after.Clusters);
        AssertSame(before.Listeners, after.Listeners);
        AssertSame(before.Routes, after.Routes);
        Assert.Equal(["default/web:80"], Changed(before.Endpoints, after.Endpoints));
    }

    [Fact]
    public void Weight_change_rebuilds_the_route_configuration_only()
    {
        var (before, after) = Rebuild(Base, Base.Replace("weight: 3", "weight: 4", StringComparison.Ordinal));

        AssertSame(before.Clusters, after.Clusters);
        AssertSame(before.Endpoints, after.Endpoints);
        AssertSame(before.Listeners, after.Listeners);
        Assert.Equal(["http"], Changed(before.Routes, after.Routes));
        Assert.Same(Host(before, "a.default"), Host(after, "a.default"));
        Assert.NotSame(Host(before, "web.default"), Host(after, "web.default"));
    }

    [Fact]
    public void Routes_put_together_of_parts_are_the_bytes_of_the_message()
    {
        var routes = Assert.Single(Build(Assemble(Base)).Bundle.Routes);

        Assert.False(routes.Parts.IsDefault);
        Assert.Equal(Any.Pack(routes.Message).ToByteArray(), VersionedResource.Create(routes).Packed.ToArray());
    }

    [Fact]
    public void Equal_content_in_another_order_has_equal_bytes()
    {
        var documents = Base.Split("---\n", StringSplitOptions.RemoveEmptyEntries);
        var forward = Build(Assemble(Base)).Bundle;
        var backward = Build(Assemble(string.Concat(documents.Reverse().Select(document => $"---\n{document}\n")))).Bundle;

        Assert.Equal(Bytes(forward), Bytes(backward));
    }

    [Fact]
    public void OSM_15_OSM_03_leaves_stay_callable()
    {
        var bundle = Build(Assemble(Base)).Bundle;

        Assert.Equal("default/a:80", Assert.Single(Host(bundle, "a.default").Routes).Route_.Cluster);
        Assert.Equal(
            [("default/a:80", 1u), ("default/b:80", 3u)],
            Assert.Single(Host(bundle, "web.default").Routes).Route_.WeightedClusters.Clusters
                .Select(cluster => (cluster.Name, cluster.Weight!.Value)));
        Assert.Equal(["default/a:80", "default/b:80"], Assert.Single(bundle.Routes).References);
    }

    [Fact]
    public void OSM_34_OSM_35_OSM_36_domains_follow_the_group()
    {
        var assembly = Assemble(Services("web"));
        string[] common =
        [
            "web.default", "web.default:80", "web.default.svc", "web.default.svc:80", "web.default.svc.cluster",
            "web.default.svc.cluster:80", "web.default.svc.cluster.local", "web.default.svc.cluster.local:80",
        ];

        Assert.Equal(["web", "web:80", .. common], Host(Build(assembly).Bundle, "web.default").Domains);
        var other = Build(assembly, NodeGroup.Create("shop", ["default"])).Bundle;
        Assert.Equal(common, Host(other, "web.default").Domains);
        Assert.Empty(Build(assembly, NodeGroup.Create("shop", [])).Bundle.Clusters);
    }

    [Fact]
    public void OSM_47_OSM_53_assignments_are_never_absent_and_carry_no_weights()
    {
        var bundle = Build(Assemble(Base)).Bundle;
        var assignments = bundle.Endpoints.Select(resource => (ClusterLoadAssignment)resource.Message).ToList();

        Assert.Equal(bundle.Clusters.Select(cluster => cluster.Name), bundle.Endpoints.Select(resource => resource.Name));
        Assert.All(
            assignments.SelectMany(assignment => assignment.Endpoints).SelectMany(locality => locality.LbEndpoints),
            endpoint => Assert.Null(endpoint.LoadBalancingWeight));
        Assert.Empty(assignments[0].Endpoints);
    }

    [Fact]
    public void RTR_28_cluster_of_copies_is_one_that_the_route_needs()
    {
        var action = new RouteAction { Cluster = "a" };
        action.RequestMirrorPolicies.Add(new RouteAction.Types.RequestMirrorPolicy { Cluster = "b" });

        Assert.Equal(["a", "b"], RouteBuilder.ClustersOf(action));
    }

    [Fact]
    public void OSM_46_byte_streams_have_a_cluster_and_no_virtual_host()
    {
        var bundle = Build(Assemble(Service("db", "[{port: 5432, appProtocol: tcp}]"))).Bundle;

        Assert.Equal("default/db:5432", Assert.Single(bundle.Clusters).Name);
        Assert.Empty(((RouteConfiguration)Assert.Single(bundle.Routes).Message).VirtualHosts);
    }

    [Fact]
    public void CRX_10_duplicate_domains_are_given_to_one_service_and_reported()
    {
        var build = Build(Assemble(
            Service("one", "[{port: 80}]", "{xdscanary.io/hosts: '*, shop.example.com, two.default'}")
            + Service("two", "[{port: 80}]", "{xdscanary.io/hosts: '*, Shop.Example.com'}")));

        var domains = ((RouteConfiguration)Assert.Single(build.Bundle.Routes).Message).VirtualHosts
            .SelectMany(host => host.Domains)
            .ToList();
        Assert.Equal(domains.Distinct(StringComparer.OrdinalIgnoreCase), domains);
        Assert.Contains("two.default", Host(build.Bundle, "two.default").Domains);
        Assert.Contains("*", Host(build.Bundle, "one.default").Domains);
        Assert.Equal(["one", "two"], build.Findings.Select(finding => finding.Key.Name.Name));
        Assert.All(build.Findings, finding => Assert.Equal(ConditionReasons.DuplicateDomain, finding.Condition.Reason));
    }

    [Fact]
    public void Findings_join_the_reports()
    {
        var assembly = Assemble(
            Service("one", "[{port: 80}]", "{xdscanary.io/hosts: '*'}")
            + Service("two", "[{port: 80}]", "{xdscanary.io/hosts: '*'}"));
        var reports = ObjectReports.Merge(assembly.Reports, Build(assembly).Findings, ObjectSet.Empty);

        Assert.Same(assembly.Reports[0], reports[0]);
        Assert.False(reports[1].IsHealthy);
    }

    [Fact]
    public void Weights_tell_the_default_route()
    {
        var weights = Build(Assemble(
            Base + Services("zero") + Split("z", "zero", "a: 0"))).Bundle.Weights;

        Assert.Equal([new RoutedWeight("a", "default/a:80", 1), new RoutedWeight("b", "default/b:80", 3)], weights[Name("web")]);
        Assert.Equal([new RoutedWeight("a", "default/a:80", 100)], weights[Name("a")]);
        Assert.Empty(weights[Name("zero")]);
    }

    [Fact]
    public void Unusable_rule_takes_only_its_own_virtual_host_down()
    {
        var state = Assemble(Base).State;
        var rule = state.Rules[0] with { Backends = [new WeightedBackend("a", uint.MaxValue), new WeightedBackend("b", 1)] };
        var space = state.Namespaces["default"];
        space = space with { Rules = space.Rules.SetItem(rule.Root, [rule]) };
        state = new MeshState(state.Namespaces.SetItem("default", space));
        var build = ResourceBundleBuilder.Build(state, Own, new ResourceOptions(), null);

        var hosts = ((RouteConfiguration)Assert.Single(build.Bundle.Routes).Message).VirtualHosts;
        Assert.Equal(["a.default", "b.default"], hosts.Select(host => host.Name));
        Assert.Equal("web", Assert.Single(build.Findings).Key.Name.Name);
    }

    private static (ResourceBundle Before, ResourceBundle After) Rebuild(string first, string second)
    {
        var objects = TestObjects.Read(first);
        var assembly = MeshAssembler.Assemble(null, objects, new MeshOptions());
        var before = Build(assembly);
        var next = MeshAssembler.Assemble(assembly, TestObjects.Read(second, objects), new MeshOptions());
        return (before.Bundle, Build(next, previous: before).Bundle);
    }

    private static NamespacedName Name(string service) => new("default", service);

    private static VirtualHost Host(ResourceBundle bundle, string name) =>
        ((RouteConfiguration)bundle.Routes.Single().Message).VirtualHosts.Single(host => host.Name == name);

    private static void AssertSame(IEnumerable<NamedResource> before, IEnumerable<NamedResource> after) =>
        Assert.Empty(Changed(before, after));

    private static IEnumerable<string> Changed(IEnumerable<NamedResource> before, IEnumerable<NamedResource> after) =>
        before.Zip(after)
            .Where(pair => !ReferenceEquals(pair.First.Message, pair.Second.Message))
            .Select(pair => pair.Second.Name);

    private static string Bytes(ResourceBundle bundle) => string.Join('\n', bundle.Clusters
        .Concat(bundle.Endpoints).Concat(bundle.Listeners).Concat(bundle.Routes)
        .Select(resource => Convert.ToHexString(resource.Message.ToByteArray())));
}
