using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Ports;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

public sealed class ServiceDriftTests
{
    [Fact]
    public void RTR_10_a_service_as_it_is_made_is_not_written()
    {
        var made = Made("port: 9898, appProtocol: http, canary: {labels: {a: b}}");

        Assert.Null(Reconcile(made, Live(made)));
    }

    [Fact]
    public void RTR_12_port_gets_its_new_name()
    {
        var written = Reconcile(Made("port: 9898, portName: grpc"), Live(Made()))!;

        Assert.Equal("grpc", written.ItemsAt("spec", "ports").Single().TextAt("name"));
    }

    [Fact]
    public void RTR_13_a_port_that_somebody_changed_is_set_back_and_addresses_stay()
    {
        var live = Live(Made());
        var before = Live(Made()).ToJsonString();
        live["spec"]!["ports"]![0]!["name"] = "changed";
        live["spec"]!["ports"]![0]!["port"] = 1;
        live["spec"]!["selector"] = Read("{app: other, version: '2'}");

        var written = Reconcile(Made(), live)!;

        // The node port went with the name; the API server gives it another one.
        var expected = JsonNode.Parse(before)!;
        expected["spec"]!["ports"]![0]!.AsObject().Remove("nodePort");
        Assert.Equal(CanonicalJson.Text(expected), CanonicalJson.Text(written));
    }

    [Fact]
    public void RTR_13_node_port_of_the_same_name_is_kept()
    {
        var live = Live(Made());
        live["spec"]!["ports"]![0]!["targetPort"] = 1;

        AssertJson(
            "{name: http, port: 9898, protocol: TCP, targetPort: 9898, nodePort: 30080}",
            Reconcile(Made(), live)!.ItemsAt("spec", "ports").Single());
    }

    [Fact]
    public void RTR_13_order_of_ports_and_fields_of_others_are_no_drift()
    {
        var made = Made("port: 80, targetPort: 9898, portDiscovery: true");
        var template = TemplateOf(Workload());
        template["spec"]!["containers"]![0]!["ports"]!.AsArray().Add(Read("{name: metrics, containerPort: 9090}"));
        var wanted = MadeServices.Make(made, ServiceRole.Canary, template);
        var live = wanted.Copy();
        live["spec"]!["ports"] = new JsonArray([.. wanted.ItemsAt("spec", "ports").Reverse().Select(port => port.DeepClone())]);
        live["spec"]!["sessionAffinity"] = "ClientIP";
        live["metadata"]!["finalizers"] = new JsonArray("example.com/keep");

        Assert.Null(ServiceDrift.Reconcile(live, wanted, OwnerKind.ThisCanary, UnmanagedMetadata.None));
    }

    [Fact]
    public void RTR_11_traffic_distribution_that_is_asked_for_later_is_written()
    {
        Assert.Equal(
            "PreferClose",
            Reconcile(Made("port: 9898, trafficDistribution: PreferClose"), Live(Made()))!.TextAt("spec", "trafficDistribution"));
        Assert.Null(Reconcile(Made(), Live(Made("port: 9898, trafficDistribution: PreferClose"))));
    }

    [Theory]
    [InlineData("{kind: Canary, name: web, controller: true}", "ThisCanary")]
    [InlineData("{kind: Deployment, name: web, controller: true}", "Somebody")]
    [InlineData("{kind: Canary, name: other, controller: true}", "OtherCanary")]
    [InlineData("{kind: Canary, name: web}", "Somebody")]
    [InlineData("", "Somebody")]
    public void RTR_14_whose_a_service_is(string owner, string expected) => Assert.Equal(
        Enum.Parse<OwnerKind>(expected),
        Ownership.Of(Read($"{{metadata: {{name: web, ownerReferences: [{owner}]}}}}"), "web"));

    [Fact]
    public void RTR_14_somebody_s_apex_is_taken_over_by_ports_and_selector()
    {
        var live = Read("""
            metadata: {name: web, namespace: test, labels: {mine: a}, annotations: {mine: a}}
            spec: {type: LoadBalancer, selector: {app: web}, ports: [{name: http, port: 9898, protocol: TCP, targetPort: 9898, nodePort: 30080}, {name: extra, port: 1}]}
            """);
        var wanted = MadeServices.Make(Made("port: 9898, apex: {labels: {a: b}}"), ServiceRole.Apex, null);

        var body = ServiceDrift.Reconcile(live, wanted, OwnerKind.Somebody, UnmanagedMetadata.None);

        AssertJson(
            """
            apiVersion: v1
            kind: Service
            metadata:
              name: web
              namespace: test
              annotations: {helm.toolkit.fluxcd.io/driftDetection: disabled, kustomize.toolkit.fluxcd.io/reconcile: disabled}
            spec: {selector: {app: web-primary}, ports: [{name: http, port: 9898, protocol: TCP, targetPort: 9898}]}
            """,
            body);
        live["spec"]!["selector"] = body.At("spec", "selector")!.DeepClone();
        live["metadata"]!["annotations"] = body.At("metadata", "annotations")!.DeepClone();
        Assert.Null(ServiceDrift.Reconcile(live, wanted, OwnerKind.Somebody, UnmanagedMetadata.None));

        // What the canary says nothing of, such as this, would stay with each write of it.
        live["spec"]!["ports"]![0]!["appProtocol"] = "http";
        Assert.Null(ServiceDrift.Reconcile(live, wanted, OwnerKind.Somebody, UnmanagedMetadata.None));
    }

    [Fact]
    public void RTR_14_a_service_that_cannot_be_taken_over_is_refused_with_a_reason()
    {
        var wanted = MadeServices.Make(Made(), ServiceRole.Apex, null);
        var live = Read("{metadata: {name: web, namespace: test}, spec: {ports: [{name: http, port: 80}]}}");

        Assert.Equal(
            "service web.test belongs to another canary; name another one in spec.service.name",
            Assert.Throws<WorkloadException>(() => ServiceDrift.Reconcile(live, wanted, OwnerKind.OtherCanary, UnmanagedMetadata.None)).Message);
        Assert.Equal(
            "service web.test has port 80 under the name 'http', the canary has 9898; "
            + "write the same number or another portName into spec.service",
            Assert.Throws<WorkloadException>(() => ServiceDrift.Reconcile(live, wanted, OwnerKind.Somebody, UnmanagedMetadata.None)).Message);
    }

    [Theory]
    [InlineData("ownerReferences: [{kind: Canary, name: web, controller: true}]", "")]
    [InlineData("ownerReferences: [{kind: Canary, name: other, controller: true}]", "")]
    [InlineData("annotations: {}", "{app: web}")]
    [InlineData("""annotations: {kubectl.kubernetes.io/last-applied-configuration: '{"spec":{"selector":{"app":"web","tier":"front"}}}'}""", "{app: web, tier: front}")]
    [InlineData("annotations: {kubectl.kubernetes.io/last-applied-configuration: '{'}", "{app: web}")]
    public void RTR_15_on_deletion_somebody_s_apex_selects_the_target_again(string metadata, string selector)
    {
        var live = Read($"{{metadata: {{name: web, namespace: test, {metadata}}}, spec: {{type: ClusterIP, selector: {{app: web-primary}}}}}}");

        var written = HandBack(live);

        if (selector.Length == 0)
        {
            Assert.Null(written);
        }
        else
        {
            AssertJson(
                $"{{apiVersion: v1, kind: Service, metadata: {{name: web, namespace: test}}, spec: {{ports: [], selector: {selector}}}}}", written);
            live["spec"]!["selector"] = written.At("spec", "selector")!.DeepClone();
            Assert.Null(HandBack(live));
        }
    }

    [Fact]
    public void RTR_15_on_deletion_the_ports_stay_and_what_keeps_Flux_away_goes()
    {
        var live = Read(
            """
            metadata: {name: web, namespace: test}
            spec:
              selector: {app: web}
              ports:
                - {name: http, port: 9898, protocol: TCP, targetPort: 8080, nodePort: 30000}
                - {name: theirs, port: 1, protocol: TCP, targetPort: 1}
            """);
        Assert.Null(HandBack(live));
        live["metadata"]!["annotations"] = MadeServices.Make(Made(), ServiceRole.Apex, null)["metadata"]!["annotations"]!.DeepClone();

        AssertJson(
            """
            apiVersion: v1
            kind: Service
            metadata: {name: web, namespace: test}
            spec: {ports: [{name: http, port: 9898, protocol: TCP, targetPort: 8080}], selector: {app: web}}
            """,
            HandBack(live));
    }

    // The API server takes no Service without ports.
    [Fact]
    public void RTR_15_on_deletion_all_ports_stay_where_the_canary_names_others()
    {
        var live = Read("metadata: {name: web, namespace: test}\nspec: {selector: {app: web-primary}, ports: [{port: 1, protocol: TCP, nodePort: 30000}]}");

        AssertJson("{selector: {app: web}, ports: [{port: 1, protocol: TCP, nodePort: 30000}]}", HandBack(live)!["spec"]);
    }

    // Flagger gives up with an error, and the canary is never deleted.
    [Fact]
    public void RTR_15_an_apex_that_is_gone_has_nothing_to_give_back() => Assert.Null(HandBack(null));

    private static JsonObject? HandBack(JsonObject? live)
    {
        var made = Made();
        return ServiceHandBack.Of(live, MadeServices.Make(made, ServiceRole.Apex, null), "web", made.Selector);
    }

    [Fact]
    public void RTR_17_changed_metadata_of_the_apex_is_written()
    {
        var live = MadeServices.Make(Made("port: 80, apex: {labels: {test: '1'}, annotations: {old: a}}"), ServiceRole.Apex, null);
        var wanted = MadeServices.Make(Made("port: 80, apex: {labels: {test: '2'}, annotations: {new: a}}"), ServiceRole.Apex, null);

        var written = ServiceDrift.Reconcile(live, wanted, OwnerKind.ThisCanary, UnmanagedMetadata.None)!;

        AssertJson("{app: web, test: '2'}", written.At("metadata", "labels"));
        Assert.Equal(("a", ""), (written.TextAt("metadata", "annotations", "new"), written.TextAt("metadata", "annotations", "old")));
    }

    [Theory]
    [InlineData("annotations: [keep]", "annotations", "labels")]
    [InlineData("labels: [keep]", "labels", "annotations")]
    [InlineData("labels: [keep], annotations: [keep]", "labels", "")]
    [InlineData("labels: [keep], annotations: [keep]", "annotations", "")]
    public void RTR_18_RTR_19_RTR_20_unmanaged_keys_stay_managed_ones_are_restored_others_go(string unmanaged, string kept, string removed)
    {
        const string Custom = "port: 9898, canary: {labels: {mine: a, keep: mine}, annotations: {mine: a, keep: mine}}";
        var made = Made($"{Custom}, unmanagedMetadata: {{ {unmanaged} }}");
        var live = Live(made);
        foreach (var name in (string[])["labels", "annotations"])
        {
            live["metadata"]![name]!["mine"] = "changed";
            live["metadata"]![name]!["keep"] = "theirs";
            live["metadata"]![name]!["unknown"] = "x";
        }

        var written = Reconcile(made, live)!;

        Assert.Equal("theirs", written.TextAt("metadata", kept, "keep"));
        Assert.Equal("a", written.TextAt("metadata", kept, "mine"));
        Assert.Null(written.At("metadata", kept, "unknown"));
        if (removed.Length > 0)
        {
            Assert.Equal("mine", written.TextAt("metadata", removed, "keep"));
        }
    }

    // As the API server hands it out.
    private static JsonObject Live(MadeFor made)
    {
        var live = MadeServices.Make(made, ServiceRole.Canary, null);
        live["metadata"]!["resourceVersion"] = "5";
        live["spec"]!["clusterIP"] = "10.96.0.9";
        live["spec"]!["clusterIPs"] = new JsonArray("10.96.0.9");
        live["spec"]!["ports"]![0]!["nodePort"] = 30080;
        live["status"] = Read("{loadBalancer: {}}");
        return live;
    }

    private static JsonObject? Reconcile(MadeFor made, JsonObject live) => ServiceDrift.Reconcile(
        live, MadeServices.Make(made, ServiceRole.Canary, null), OwnerKind.ThisCanary, made.Spec.Service.UnmanagedMetadata);
}
