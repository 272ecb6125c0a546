using XdsCanary.CanaryEngine.Kubernetes.Objects;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

public sealed class MadeServicesTests
{
    private const string Ports = "ports: [{name: http, containerPort: 9898, protocol: TCP}, {name: http-metrics, containerPort: 8080}, {containerPort: 8888}]";

    private const string Off = "helm.toolkit.fluxcd.io/driftDetection: disabled, kustomize.toolkit.fluxcd.io/reconcile: disabled";

    [Fact]
    public void RTR_10_headless_services_with_an_application_protocol()
    {
        var made = Made("port: 9898, appProtocol: http, headless: true");

        foreach (var role in (ServiceRole[])[ServiceRole.Canary, ServiceRole.Primary])
        {
            var service = MadeServices.Make(made, role, null);

            Assert.Equal("None", service.TextAt("spec", "clusterIP"));
            AssertJson("{name: http, port: 9898, protocol: TCP, targetPort: 9898, appProtocol: http}", service.ItemsAt("spec", "ports").Single());
        }
    }

    [Fact]
    public void RTR_11_traffic_distribution_is_on_all_services()
    {
        var made = Made("port: 9898, trafficDistribution: PreferClose");

        Assert.All(Enum.GetValues<ServiceRole>(), role =>
            Assert.Equal("PreferClose", MadeServices.Make(made, role, null).TextAt("spec", "trafficDistribution")));
        Assert.Null(MadeServices.Make(Made(), ServiceRole.Apex, null).At("spec", "trafficDistribution"));
    }

    [Fact]
    public void RTR_10_the_whole_apex()
    {
        AssertJson(
            $$$$"""
            apiVersion: v1
            kind: Service
            metadata:
              name: shop
              namespace: test
              labels: {app: shop}
              annotations: { {{{{Off}}}} }
              ownerReferences: [{apiVersion: flagger.app/v1beta1, blockOwnerDeletion: true, controller: true, kind: Canary, name: web, uid: uid-1}]
            spec:
              type: ClusterIP
              selector: {app: web-primary}
              ports: [{name: grpc, port: 80, protocol: TCP, targetPort: http}]
            """,
            MadeServices.Make(Made("name: shop, port: 80, portName: grpc, targetPort: http"), ServiceRole.Apex, null));
    }

    [Theory]
    [InlineData("Apex", "web", "web-primary")]
    [InlineData("Primary", "web-primary", "web-primary")]
    [InlineData("Canary", "web-canary", "web")]
    public void RTR_10_each_service_selects_the_pods_of_its_revision(string role, string name, string pods)
    {
        var service = MadeServices.Make(Made(), Enum.Parse<ServiceRole>(role), null);

        Assert.Equal((name, name, pods), (
            service.TextAt("metadata", "name"), service.TextAt("metadata", "labels", "app"), service.TextAt("spec", "selector", "app")));
    }

    [Fact]
    public void RTR_16_metadata_of_the_canary_is_on_its_service_alone()
    {
        var made = Made("port: 80, canary: {labels: {test: t1, app: mine}, annotations: {test: a1}}");

        var canary = MadeServices.Make(made, ServiceRole.Canary, null);

        AssertJson("{test: t1, app: web-canary}", canary.At("metadata", "labels"));
        AssertJson($"{{test: a1, {Off}}}", canary.At("metadata", "annotations"));
        AssertJson($"{{ {Off} }}", MadeServices.Make(made, ServiceRole.Primary, null).At("metadata", "annotations"));
        AssertJson($"{{ {Off} }}", MadeServices.Make(made, ServiceRole.Apex, null).At("metadata", "annotations"));
    }

    [Theory]
    [InlineData("Deployment")]
    [InlineData("DaemonSet")]
    public void CTL_13_CTL_25_ports_of_the_containers_are_found(string kind) => Assert.Equal(
        ["http 9898 9898", "http-metrics 8080 8080", "tcp-podinfo-2 8888 8888"], PortsOf("port: 9898, portDiscovery: true", kind));

    [Theory]
    [InlineData("Deployment")]
    [InlineData("DaemonSet")]
    public void CTL_14_CTL_26_target_port_by_number(string kind) => Assert.Equal(
        ["http 80 9898", "http-metrics 8080 8080", "tcp-podinfo-2 8888 8888"],
        PortsOf("port: 80, targetPort: 9898, portDiscovery: true", kind));

    // Flagger makes port 8080 twice, which no API server takes; ours is the canary's own.
    [Theory]
    [InlineData("Deployment")]
    [InlineData("DaemonSet")]
    public void CTL_15_CTL_27_target_port_by_name_and_no_number_twice(string kind) => Assert.Equal(
        ["http 8080 http", "tcp-podinfo-2 8888 8888"], PortsOf("port: 8080, targetPort: http, portDiscovery: true", kind));

    [Fact]
    public void CTL_13_ports_are_not_looked_for_unasked_nor_in_sidecars()
    {
        Assert.Equal(["http 9898 9898"], PortsOf("port: 9898", "Deployment"));
        Assert.Equal(
            ["http 80 9898", "udp-dns-0 53 53", "tcp-dns-1 53 53", "tcp-dns-2 7777 7777"],
            PortsOf(
                "port: 80, targetPort: 9898, portDiscovery: true",
                "Deployment",
                "{name: envoy, ports: [{containerPort: 9901}]}",
                "{name: istio-proxy, ports: [{containerPort: 15090}]}",
                "{name: dns, ports: [{containerPort: 53, protocol: UDP}, {containerPort: 53}, {containerPort: 7777, name: http}]}"));
    }

    [Fact]
    public void CTL_13_made_names_of_ports_are_not_too_long()
    {
        var name = PortsOf(
            "port: 80, targetPort: 9898, portDiscovery: true", "Deployment", $"{{name: {new string('c', 63)}, ports: [{{containerPort: 53}}]}}")[1];

        Assert.Equal(63, name.Split(' ')[0].Length);
    }

    private static string[] PortsOf(string service, string kind, params string[] containers)
    {
        var target = Workload(kind);
        var list = target["spec"]!["template"]!["spec"]!["containers"]!.AsArray();
        list[0]!["ports"] = Read(Ports)["ports"]!.DeepClone();
        if (containers.Length > 0)
        {
            list.Clear();
            foreach (var container in containers)
            {
                list.Add(Read(container));
            }
        }

        return
        [
            .. MadeServices.Make(Made(service, kind), ServiceRole.Canary, TemplateOf(target)).ItemsAt("spec", "ports")
                .Select(port => $"{port.TextAt("name")} {port.NumberAt("port")} {port.At("targetPort")}"),
        ];
    }
}
