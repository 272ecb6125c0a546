using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Resources;

public sealed class CanaryMapperTests
{
    private static readonly MapperOptions Standalone = new() { Standalone = true };

    [Fact]
    public void Everything_written_is_in_the_spec()
    {
        var spec = CanaryManifest.Accept(CanaryManifest.Write(
            "stepWeight: 5, maxWeight: 50, interval: 1m30s, threshold: 4, primaryReadyThreshold: 80, canaryReadyThreshold: 50",
            """
            provider: smi:v1alpha2:linkerd
              metricsServer: http://prometheus.monitoring:9090
              progressDeadlineSeconds: 60
              suspend: true
              revertOnDeletion: true
            """,
            service: "name: shop, port: 80, portName: grpc, targetPort: 9898, appProtocol: grpc, hosts: [shop.example.com]"));

        Assert.Equal(new NamespacedName("test", "web"), spec.Key);
        Assert.Equal(3, spec.Generation);
        Assert.Equal(new CanaryTarget(TargetKind.Deployment, "web"), spec.Target);
        Assert.Equal("smi:v1alpha2:linkerd", spec.Provider);
        Assert.Equal(new Uri("http://prometheus.monitoring:9090"), spec.MetricsServer);
        Assert.Equal(TimeSpan.FromSeconds(60), spec.ProgressDeadline);
        Assert.True(spec is { Suspend: true, RevertOnDeletion: true, SkipAnalysis: false });
        Assert.Equal(
            new CanaryService { Name = "shop", Port = 80, PortName = "grpc", TargetPort = "9898", AppProtocol = "grpc", Hosts = ["shop.example.com"] },
            spec.Service);
        Assert.Equal(new NamespacedName("test", "shop-primary"), spec.Primary);
        Assert.Equal(
            (TimeSpan.FromSeconds(90), 4, 5, 50, 50, 80, 50),
            (spec.Analysis.Interval, spec.Analysis.Threshold, spec.Analysis.StepWeight, spec.Analysis.MaxWeight,
                spec.Analysis.WrittenMaxWeight, spec.Analysis.PrimaryReadyThreshold, spec.Analysis.CanaryReadyThreshold));
    }

    [Fact]
    public void What_is_not_written_has_a_default()
    {
        var mapped = CanaryManifest.Map(CanaryManifest.Write());
        var spec = mapped.Value!;

        Assert.Empty(mapped.Notes);
        Assert.Equal(new CanaryService { Name = "web", Port = 80, PortName = "http" }, spec.Service);
        Assert.Equal(TimeSpan.FromSeconds(600), spec.ProgressDeadline);
        Assert.True(spec is { Provider: "", MetricsServer: null, Suspend: false, RevertOnDeletion: false });
        var expected = new AnalysisSpec
        {
            Strategy = CanaryStrategy.Canary,
            Interval = TimeSpan.FromSeconds(60),
            Threshold = 1,
            StepWeight = 10,
            Inconclusive = new InconclusiveLimits(10, 10, 1),
        };
        Assert.Equal(expected, spec.Analysis);
    }

    [Fact]
    public void All_faults_are_told_not_only_the_first()
    {
        var faults = CanaryManifest.Refuse(CanaryManifest.Write(
            "stepWeight: 0, interval: soon, treshold: 3",
            "provider: istoi",
            "{apiVersion: apps/v1, kind: Deploymnt, name: web}",
            "prot: 80"));

        Assert.Equal(
            [
                "spec.targetRef.kind", "spec.provider", "spec.service.prot", "spec.analysis.treshold", "spec.analysis.stepWeight",
                "spec.analysis.interval",
            ],
            faults.Select(fault => fault[..fault.IndexOf(':', StringComparison.Ordinal)]));
    }

    [Theory]
    [InlineData("v1beta1", "analysis")]
    [InlineData("v1beta1", "canaryAnalysis")]
    [InlineData("v1alpha3", "analysis")]
    [InlineData("v1alpha3", "canaryAnalysis")]
    public void Both_versions_and_both_spellings_of_the_analysis_are_read(string version, string name)
    {
        var spec = CanaryManifest.Accept(CanaryManifest.Write("stepWeight: 25, interval: 10s", version: version, analysisName: name));

        Assert.Equal((25, TimeSpan.FromSeconds(10)), (spec.Analysis.StepWeight, spec.Analysis.Interval));
    }

    [Fact]
    public void Faults_of_the_older_spelling_are_told_where_they_are_written()
    {
        var fault = Assert.Single(CanaryManifest.Refuse(CanaryManifest.Write("stepWeight: 101", analysisName: "canaryAnalysis")));

        Assert.StartsWith("spec.canaryAnalysis.stepWeight: must be a whole number from 1 to 100, not '101'. ", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{apiVersion: apps/v1, kind: DaemonSet, name: web}", TargetKind.DaemonSet)]
    [InlineData(CanaryManifest.ServiceTarget, TargetKind.Service)]
    public void Target_may_be_of_three_kinds(string target, TargetKind kind) =>
        Assert.Equal(new CanaryTarget(kind, "web"), CanaryManifest.Accept(CanaryManifest.Write(target: target)).Target);

    [Theory]
    [InlineData("{kind: Deployment, name: web}", "spec.targetRef.apiVersion: is missing. Write apps/v1")]
    [InlineData("{apiVersion: v1, kind: Deployment, name: web}", "spec.targetRef.apiVersion: must be apps/v1 for a Deployment, not 'v1'. Write apps/v1")]
    [InlineData("{apiVersion: apps/v1, kind: Service, name: web}", "spec.targetRef.apiVersion: must be v1 for a Service, not 'apps/v1'. Write v1")]
    [InlineData("{apiVersion: apps/v1, name: web}", "spec.targetRef.kind: is missing. Write Deployment, DaemonSet or Service")]
    [InlineData("{apiVersion: apps/v1, kind: Deployment}", "spec.targetRef.name: is missing. Write the name of what is released")]
    [InlineData("{apiVersion: apps/v1, kind: Deployment, name: web, namespace: x}", "spec.targetRef.namespace: is not a known field. Remove it; known here are apiVersion, kind, name")]
    public void Target_that_is_not_whole_is_refused(string target, string fault) =>
        Assert.Equal([fault], CanaryManifest.Refuse(CanaryManifest.Write(target: target)));

    [Theory]
    [InlineData("{apiVersion: apps/v1, kind: Deployment, name: web}", "Deployment")]
    [InlineData("{apiVersion: apps/v1, kind: DaemonSet, name: web}", "DaemonSet")]
    public void Standalone_takes_only_services(string target, string kind) => Assert.Equal(
        [$"spec.targetRef.kind: cannot be {kind} in standalone mode. Use kind: Service; Deployments need Kubernetes"],
        CanaryManifest.Refuse(CanaryManifest.Write(target: target), Standalone));

    [Fact]
    public void Standalone_takes_services_and_needs_no_port()
    {
        var spec = CanaryManifest.Accept(CanaryManifest.Write(target: CanaryManifest.ServiceTarget, service: ""), Standalone);

        Assert.Equal(0, spec.Service.Port);
    }

    [Fact]
    public void Autoscaler_of_a_Service_is_noted_in_Kubernetes_and_refused_without()
    {
        const string Scaler = "autoscalerRef: {apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, name: web}";
        var manifest = CanaryManifest.Write(spec: Scaler, target: CanaryManifest.ServiceTarget);

        var note = Assert.Single(CanaryManifest.Map(manifest).Notes);

        Assert.Equal(("spec.autoscalerRef", "This is a notice, not a fault"), (note.Field, note.Fix));
        Assert.StartsWith("is not acted on: ", note.Message, StringComparison.Ordinal);
        Assert.Equal(
            ["spec.autoscalerRef: cannot be used in standalone mode: there is nothing to scale. Remove it; autoscalers need Kubernetes"],
            CanaryManifest.Refuse(manifest, Standalone));
    }

    [Theory]
    [InlineData("autoscalerRef: {apiVersion: v2, kind: HorizontalPodAutoscaller, name: web}", "spec.autoscalerRef.kind", "Write 'HorizontalPodAutoscaler'")]
    [InlineData("autoscalerRef: {kind: HorizontalPodAutoscaler}", "spec.autoscalerRef.name", "Write the name of the HorizontalPodAutoscaler, or remove spec.autoscalerRef")]
    [InlineData("ingressRef: {kind: Ingres, name: web}", "spec.ingressRef.kind", "Write 'Ingress'")]
    [InlineData("progressDeadlineSeconds: 0", "spec.progressDeadlineSeconds", "Write a number in that range, in digits and without quotes")]
    [InlineData("metricsServer: prometheus:9090", "spec.metricsServer", "Write the whole URL, such as http://name.namespace:8080/path")]
    [InlineData("skipAnalysis: yes", "spec.skipAnalysis", "Write true or false, without quotes")]
    [InlineData("supsend: true", "spec.supsend", "Write 'suspend'")]
    public void Field_of_the_spec_that_is_wrong_is_refused(string line, string field, string fix)
    {
        var fault = Assert.Single(CanaryManifest.Refuse(CanaryManifest.Write(spec: line)));

        Assert.StartsWith(field + ": ", fault, StringComparison.Ordinal);
        Assert.EndsWith(". " + fix, fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("port: 0", "spec.service.port")]
    [InlineData("port: 65536", "spec.service.port")]
    [InlineData("port: http", "spec.service.port")]
    [InlineData("portName: http", "spec.service.port")]
    [InlineData("port: 80, portName: HTTP", "spec.service.portName")]
    [InlineData("port: 80, targetPort: 70000", "spec.service.targetPort")]
    [InlineData("port: 80, targetPort: my_port", "spec.service.targetPort")]
    [InlineData("port: 80, name: Shop", "spec.service.name")]
    [InlineData("port: 80, name: a23456789-123456789-123456789-123456789-123456789-123456", "spec.service.name")]
    [InlineData("port: 80, hosts: ['']", "spec.service.hosts[0]")]
    [InlineData("port: 80, portname: http", "spec.service.portname")]
    public void Field_of_the_service_that_is_wrong_is_refused(string service, string field) =>
        Assert.StartsWith(field + ": ", Assert.Single(CanaryManifest.Refuse(CanaryManifest.Write(service: service))), StringComparison.Ordinal);

    [Theory]
    [InlineData("0", "")]
    [InlineData("'0'", "")]
    [InlineData("http-web", "http-web")]
    [InlineData("8080", "8080")]
    public void Target_port_is_a_number_or_a_name_and_0_is_none(string written, string read) => Assert.Equal(
        read, CanaryManifest.Accept(CanaryManifest.Write(service: $"port: 80, targetPort: {written}")).Service.TargetPort);

    [Fact]
    public void Name_of_the_target_that_no_service_can_have_asks_for_one()
    {
        var fault = Assert.Single(CanaryManifest.Refuse(CanaryManifest.Write(target: "{apiVersion: apps/v1, kind: Deployment, name: web.v1}")));

        Assert.StartsWith("spec.targetRef.name: must be a DNS label", fault, StringComparison.Ordinal);
        Assert.EndsWith("Write another name into spec.service.name", fault, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("timeout: 15s")]
    [InlineData("retries: {attempts: 3}")]
    [InlineData("gateways: [public]")]
    [InlineData("gatewayRefs: [{name: public}]")]
    [InlineData("corsPolicy: {allowOrigins: []}")]
    [InlineData("trafficPolicy: {tls: {mode: DISABLE}}")]
    [InlineData("delegation: true")]
    [InlineData("rewrite: {uri: /}")]
    [InlineData("headers: {request: {add: {x: y}}}")]
    [InlineData("mirror: [{backendRef: {name: x}}]")]
    [InlineData("backends: [a]")]
    public void Field_of_the_service_that_has_no_effect_is_noted_and_accepted(string field)
    {
        var mapped = CanaryManifest.Map(CanaryManifest.Write(service: $"port: 80, {field}"));

        Assert.NotNull(mapped.Value);
        var note = Assert.Single(mapped.Notes);
        Assert.Equal($"spec.service.{field[..field.IndexOf(':', StringComparison.Ordinal)]}", note.Field);
        Assert.StartsWith("is not acted on: ", note.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Field_without_effect_that_says_nothing_is_not_worth_a_note() =>
        Assert.Empty(CanaryManifest.Map(CanaryManifest.Write(service: "port: 80, delegation: false, gateways: [], headers: {}")).Notes);

    [Theory]
    [InlineData("smi:crossover")]
    [InlineData("smi:crossover-envoy")]
    [InlineData("smi:envoy-crossover")]
    [InlineData("smi:v1alpha1")]
    [InlineData("smi:v1alpha3:osm")]
    [InlineData("envoy")]
    public void Provider_that_means_this_is_taken(string provider)
    {
        var mapped = CanaryManifest.Map(CanaryManifest.Write(spec: $"provider: {provider}"));

        Assert.Equal(provider, mapped.Value!.Provider);
        Assert.Empty(mapped.Notes);
    }

    [Theory]
    [InlineData("istio")]
    [InlineData("gatewayapi:v1")]
    [InlineData("kubernetes")]
    public void Provider_that_means_another_router_is_noted(string provider) => Assert.Equal(
        [$"is not acted on: traffic goes by Envoy, not by {provider}"],
        CanaryManifest.Map(CanaryManifest.Write(spec: $"provider: {provider}")).Notes.Select(note => note.Message));

    [Theory]
    [InlineData("smi:v1alpha5")]
    [InlineData("lstio")]
    [InlineData("crossover")]
    public void Provider_that_nobody_knows_is_refused(string provider) => Assert.StartsWith(
        $"spec.provider: is not a provider that is known, '{provider}'. ",
        Assert.Single(CanaryManifest.Refuse(CanaryManifest.Write(spec: $"provider: {provider}"))),
        StringComparison.Ordinal);
}
