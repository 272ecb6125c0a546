using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;
using static XdsCanary.XdsServer.Tests.MeshManifests;

namespace XdsCanary.XdsServer.Tests.Ingest;

public class EndpointResolverTests
{
    [Theory]
    [InlineData("{ready: true}", "{ready: false}", "10.0.0.1:8080")]
    [InlineData("{}", "{ready: false, serving: false, terminating: true}", "10.0.0.1:8080")]
    [InlineData("{ready: true}", "{ready: false, serving: true, terminating: true}", "10.0.0.1:8080")]
    [InlineData("{ready: false}", "{ready: false, serving: true, terminating: true}", "10.0.0.2:8080")]
    [InlineData("{ready: true, terminating: true}", "{ready: false, terminating: true}", "10.0.0.1:8080")]
    [InlineData("{ready: false}", "{ready: false}", "")]
    public void Conditions_decide(string first, string second, string expected)
    {
        var assembly = Assemble(Services("web") + Slice("x", Endpoint("10.0.0.1", first), Endpoint("10.0.0.2", second)));

        Assert.Equal(expected, Shown(assembly));
    }

    [Fact]
    public void Terminating_endpoints_drain_when_asked_for()
    {
        var yaml = Services("web")
            + Slice("x", Endpoint("10.0.0.1"), Endpoint("10.0.0.2", "{ready: false, serving: true, terminating: true}"));
        var assembly = Assemble(yaml, new MeshOptions { DrainingEndpoints = true });

        Assert.Equal(
            [EndpointHealth.Healthy, EndpointHealth.Draining],
            Assert.Single(assembly.State.Endpoints).Endpoints.Items.Select(endpoint => endpoint.Health));
    }

    [Fact]
    public void Address_in_two_slices_counts_once_preferring_ready()
    {
        var assembly = Assemble(
            Services("web") + Slice("x", Endpoint("10.0.0.1", "{ready: false}")) + Slice("y", Endpoint("10.0.0.1")));

        Assert.Equal("10.0.0.1:8080", Shown(assembly));
    }

    [Theory]
    [InlineData("10.0.0.256")]
    [InlineData("10.1")]
    [InlineData("::1")]
    [InlineData("web.example.com")]
    public void Address_that_is_none_is_reported(string address)
    {
        var assembly = Assemble(Services("web") + Slice("x", Endpoint($"'{address}'")));

        Assert.Equal("endpoints[0].addresses[0]", Assert.Single(Report(assembly, "EndpointSlice", "x").Problems).Field);
        Assert.Empty(assembly.State.Endpoints);
    }

    [Fact]
    public void Loopback_is_an_address() =>
        Assert.Equal("127.0.0.1:8080", Shown(Assemble(Services("web") + Slice("x", Endpoint("127.0.0.1")))));

    [Fact]
    public void Names_are_ignored_with_a_condition()
    {
        var yaml = Slice("x", Endpoint("web.example.com")).Replace("IPv4", "FQDN", StringComparison.Ordinal);
        var assembly = Assemble(Services("web") + yaml);

        Assert.Equal(string.Empty, Shown(assembly));
        Assert.Equal(
            ConditionReasons.UnsupportedAddressType,
            Condition(assembly, "EndpointSlice", "x", ConditionTypes.Accepted).Reason);
    }

    [Theory]
    [InlineData("kubernetes.io/service-name: web", "other: web", "metadata.labels[kubernetes.io/service-name]")]
    [InlineData("addressType: IPv4", "addressType: IPv5", "addressType")]
    [InlineData("addressType: IPv4\n", "", "addressType")]
    [InlineData("name: \"\"", "name: admin", "ports[0].name")]
    [InlineData("service-name: web", "service-name: gone", "metadata.labels[kubernetes.io/service-name]")]
    public void Fault_of_a_slice_is_reported_at_its_field(string good, string bad, string field)
    {
        var yaml = Slice("x", Endpoint("10.0.0.1")).Replace(good, bad, StringComparison.Ordinal);
        var assembly = Assemble(Services("web") + yaml);

        Assert.Contains(Report(assembly, "EndpointSlice", "x").Problems, problem => problem.Field == field);
        Assert.Equal(string.Empty, Shown(assembly));
    }

    [Fact]
    public void Named_target_ports_differ_by_slice()
    {
        var other = Slice("y", Endpoint("10.0.0.2")).Replace("8080", "9090", StringComparison.Ordinal);
        var assembly = Assemble(Services("web") + Slice("x", Endpoint("10.0.0.1")) + other);

        Assert.Equal("10.0.0.1:8080 10.0.0.2:9090", Shown(assembly));
    }

    private static string Endpoint(string address, string conditions = "{}") =>
        $"- {{addresses: [{address}], conditions: {conditions}}}\n";

    private static string Slice(string name, params string[] endpoints) =>
        $"""
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: {name}
          labels:
            kubernetes.io/service-name: web
        addressType: IPv4
        ports:
        - name: ""
          port: 8080
        endpoints:

        """ + string.Concat(endpoints);

    private static string Shown(MeshAssembly assembly) => string.Join(' ', assembly.State.Endpoints.Items
        .SelectMany(group => group.Endpoints.Items)
        .Select(endpoint => $"{endpoint.Address}:{endpoint.Port}"));
}
