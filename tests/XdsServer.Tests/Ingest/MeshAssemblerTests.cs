using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Ingest;
using XdsCanary.XdsServer.Model;
using static XdsCanary.XdsServer.Tests.MeshManifests;

namespace XdsCanary.XdsServer.Tests.Ingest;

public class MeshAssemblerTests
{
    [Fact]
    public void CRX_17_identical_content_keeps_the_same_state_and_reports()
    {
        var yaml = Services("web", "a") + Split("s", "web", "a: 1");
        var objects = TestObjects.Read(yaml);
        var first = MeshAssembler.Assemble(null, objects, new MeshOptions());
        var again = MeshAssembler.Assemble(first, TestObjects.Read(yaml, objects), new MeshOptions());
        var rewritten = MeshAssembler.Assemble(again, TestObjects.Read(yaml), new MeshOptions());

        Assert.Same(first.State, again.State);
        Assert.Same(first.State, rewritten.State);
        Assert.True(first.Reports.Equals(again.Reports));
    }

    [Fact]
    public void CRX_06_broken_split_keeps_its_last_good_version()
    {
        var services = Services("web", "a", "b");
        var good = Assemble(services + Split("s", "web", "a: 1, b: 3"));
        var broken = MeshAssembler.Assemble(good, TestObjects.Read(services + Split("s", "web", "a: x, b: 3")), good.Options);
        var other = MeshAssembler.Assemble(
            broken, TestObjects.Read(services + Split("s", "web", "a: y, b: 3")), new MeshOptions { ClusterDomain = "x" });
        var mended = MeshAssembler.Assemble(other, TestObjects.Read(services + Split("s", "web", "a: 2, b: 3")), good.Options);

        Assert.Equal(["web:80 a=1 b=3"], Rules(broken));
        Assert.True(Report(broken, "TrafficSplit", "s").LastGoodInUse);
        Assert.Equal(["web:80 a=1 b=3"], Rules(other));
        Assert.Equal(["web:80 a=2 b=3"], Rules(mended));
        Assert.False(Report(mended, "TrafficSplit", "s").LastGoodInUse);
    }

    [Fact]
    public void All_faults_of_an_object_are_reported_at_once_with_places_and_fixes()
    {
        var assembly = Assemble(
            """
            apiVersion: split.smi-spec.io/v1alpha4
            kind: TrafficSplit
            metadata: {name: s}
            spec:
              servce: web
              backends:
              - wieght: 10
              - service: Bad_Name
                weight: -5
            """);

        var problems = Report(assembly, "TrafficSplit", "s").Problems.ToDictionary(problem => problem.Field);
        Assert.Equal("Write 'service'", problems["spec.servce"].Fix);
        Assert.Equal("is missing", problems["spec.service"].Message);
        Assert.Equal("Write 'weight'", problems["spec.backends[0].wieght"].Fix);
        Assert.Equal("is missing", problems["spec.backends[0].service"].Message);
        Assert.Equal(8, problems["spec.backends[1].service"].Origin.Line);
        Assert.Equal(9, problems["spec.backends[1].weight"].Origin.Line);
        Assert.Equal(6, problems.Count);
    }

    [Theory]
    [InlineData("split.smi-spec.io/v1alpha2", "TraficSplit", "Write 'TrafficSplit'")]
    [InlineData("v1", "Sevice", "Write 'Service'")]
    [InlineData("v1", "TrafficSplit", "Write apiVersion split.smi-spec.io/VERSION")]
    [InlineData("v2", "Service", "Write v1")]
    public void Unknown_kind_of_a_known_group_is_reported(string apiVersion, string kind, string fix)
    {
        var assembly = Assemble($"{{apiVersion: {apiVersion}, kind: {kind}, metadata: {{name: x}}}}");

        var report = Assert.Single(assembly.Reports);
        Assert.Equal(ConditionReasons.UnknownKind, Assert.Single(report.Conditions).Reason);
        Assert.Equal(fix, Assert.Single(report.Problems).Fix);
    }

    [Theory]
    [InlineData("v1", "ConfigMap")]
    [InlineData("apps/v1", "Deployment")]
    [InlineData("specs.smi-spec.io/v1alpha4", "TCPRoute")]
    public void Kinds_of_others_are_passed_over(string apiVersion, string kind) =>
        Assert.Empty(Assemble($"{{apiVersion: {apiVersion}, kind: {kind}, metadata: {{name: x}}}}").Reports);

    [Theory]
    [InlineData("[]", "spec.ports")]
    [InlineData("[{name: a}]", "spec.ports[0].port")]
    [InlineData("[{port: 0}]", "spec.ports[0].port")]
    [InlineData("[{port: 70000}]", "spec.ports[0].port")]
    [InlineData("[{name: a, port: 1}, {port: 2}]", "spec.ports[1].name")]
    [InlineData("[{name: a, port: 1}, {name: a, port: 2}]", "spec.ports[1].name")]
    [InlineData("[{name: a, port: 1}, {name: b, port: 1}]", "spec.ports[1].port")]
    [InlineData("[{port: 1, protocol: ICMP}]", "spec.ports[0].protocol")]
    public void Fault_of_a_service_is_reported_at_its_field(string ports, string field)
    {
        var assembly = Assemble(Service("web", ports) + Services("other"));

        Assert.Equal(field, Assert.Single(Report(assembly, "Service", "web").Problems).Field);
        Assert.Equal("other", Assert.Single(assembly.State.Services).Name.Name);
    }

    [Theory]
    [InlineData("OSM-45", "{port: 80}", "Http")]
    [InlineData("OSM-45", "{port: 80, name: grpc-api}", "Http2")]
    [InlineData("OSM-45", "{port: 80, name: grpc, appProtocol: http}", "Http")]
    [InlineData("OSM-45", "{port: 80, name: tcp-server-first}", "Tcp")]
    [InlineData("OSM-46", "{port: 80, appProtocol: example.com/own}", "Tcp")]
    [InlineData("grpc-web", "{port: 80, name: grpc-web}", "Http")]
    [InlineData("udp", "{port: 80, protocol: UDP}", "Udp")]
    public void Protocol_is_found_out(string id, string port, string expected)
    {
        var service = Assert.Single(Assemble(Service("web", $"[{port}]")).State.Services);

        Assert.True(expected == service.Ports[0].Protocol.ToString(), id);
    }

    // The reader takes any DNS name; a Service's must be one label.
    [Fact]
    public void Broken_name_is_reported()
    {
        var report = Report(Assemble(Service("web.v1", "[{port: 80}]")), "Service", "web.v1");

        Assert.Equal("metadata.name", Assert.Single(report.Problems).Field);
    }

    [Fact]
    public void Report_carries_generation_and_origin()
    {
        var assembly = Assemble(Services("web", "a") + Split("s", "web", "a: 1", metadata: "generation: 7"));

        var report = Report(assembly, "TrafficSplit", "s");
        Assert.Equal((7, new ObjectOrigin("input.yaml", 12)), (report.Generation, report.Origin));
        Assert.True(report.IsHealthy);
    }
}
