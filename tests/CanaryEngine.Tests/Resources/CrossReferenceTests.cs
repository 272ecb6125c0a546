using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Resources;

public sealed class CrossReferenceTests
{
    private static readonly MapperOptions Closed = new() { NoCrossNamespaceReferences = true };

    [Fact]
    public void CTL_54_upstream_of_another_namespace_is_blocked() => AssertBlocked(
        CanaryManifest.Write(spec: "upstreamRef: {kind: Upstream, name: web, namespace: other}"),
        "spec.upstreamRef.namespace: can't access gloo upstream web.other, cross-namespace references are blocked");

    [Fact]
    public void CTL_55_upstream_of_the_same_namespace_is_not() => CanaryManifest.Accept(
        CanaryManifest.Write(spec: "upstreamRef: {kind: Upstream, name: web, namespace: test}"), Closed);

    [Fact]
    public void CTL_56_template_of_another_namespace_is_blocked() => AssertBlocked(
        Metric("{name: errors, namespace: other}"),
        "spec.analysis.metrics[0].templateRef.namespace: can't access metric template errors.other, cross-namespace references are blocked");

    [Theory]
    [InlineData("{name: errors}")]
    [InlineData("{name: errors, namespace: ''}")]
    [InlineData("{name: errors, namespace: test}")]
    public void CTL_57_template_without_namespace_is_not(string reference) => Assert.Equal(
        new NamespacedName("test", "errors"), CanaryManifest.Accept(Metric(reference), Closed).Analysis.Metrics[0].Template);

    [Fact]
    public void CTL_58_alert_provider_of_another_namespace_is_blocked() => AssertBlocked(
        CanaryManifest.Write("stepWeight: 10, alerts: [{name: a, providerRef: {name: slack, namespace: other}}]"),
        "spec.analysis.alerts[0].providerRef.namespace: can't access alert provider slack.other, cross-namespace references are blocked");

    [Fact]
    public void Other_namespaces_are_open_unless_closed()
    {
        var analysis = CanaryManifest.AcceptAnalysis(
            "stepWeight: 10, alerts: [{name: a, severity: '', providerRef: {name: slack, namespace: other}}]");

        // Flagger would send nothing for an empty severity; its documents say info.
        Assert.Equal([new AlertSpec("a", AlertSeverity.Info, new NamespacedName("other", "slack"))], analysis.Alerts);
    }

    [Theory]
    [InlineData("name: a, severity: fatal, providerRef: {name: b}", "severity: must be one of info, warn, error, not 'fatal'. ")]
    [InlineData("severity: warn, providerRef: {name: b}", "name: is missing. ")]
    [InlineData("name: a, providerRef: {}", "providerRef.name: is missing. ")]
    [InlineData("name: a", "providerRef: is missing. ")]
    [InlineData("name: a, providerRef: {name: b, kind: c}", "providerRef.kind: is not a known field. ")]
    public void Alert_that_could_not_be_sent_is_refused(string alert, string fault) => Assert.StartsWith(
        $"alerts[0].{fault}",
        Assert.Single(CanaryManifest.RefuseAnalysis($"stepWeight: 10, alerts: [{{ {alert} }}]")),
        StringComparison.Ordinal);

    [Fact]
    public void CTL_59_provider_knative_cannot_have_another_target() => Assert.Contains(
        CanaryManifest.Refuse(CanaryManifest.Write(spec: "provider: knative")),
        fault => fault.StartsWith(
            "spec.provider: can't use apps/v1/Deployment as target if provider is set to knative. ", StringComparison.Ordinal));

    [Fact]
    public void CTL_60_Knative_service_cannot_have_another_provider() => Assert.Contains(
        CanaryManifest.Refuse(Knative("provider: istio")),
        fault => fault.StartsWith("spec.provider: can't use istio provider with Knative Service as target. ", StringComparison.Ordinal));

    [Fact]
    public void CTL_61_Knative_service_cannot_have_an_autoscaler() => Assert.Contains(
        CanaryManifest.Refuse(Knative("autoscalerRef: {kind: HorizontalPodAutoscaler, name: web}")),
        fault => fault.StartsWith("spec.autoscalerRef: can't use autoscaler with Knative Service. ", StringComparison.Ordinal));

    // Flagger takes this one: it writes Knative's own traffic blocks, which is not Envoy's to do.
    [Fact]
    public void CTL_62_Knative_service_is_refused_with_any_provider() => Assert.StartsWith(
        "spec.targetRef.apiVersion: Knative Services cannot be released here: ",
        Assert.Single(CanaryManifest.Refuse(Knative("provider: knative"))),
        StringComparison.Ordinal);

    private static string Metric(string reference) =>
        CanaryManifest.Write($"stepWeight: 10, metrics: [{{name: errors, threshold: 1, templateRef: {reference}}}]");

    private static string Knative(string spec) =>
        CanaryManifest.Write(spec: spec, target: "{apiVersion: serving.knative.dev/v1, kind: Service, name: web}");

    private static void AssertBlocked(string yaml, string fault)
    {
        Assert.StartsWith(fault + ". ", Assert.Single(CanaryManifest.Refuse(yaml, Closed)), StringComparison.Ordinal);
        CanaryManifest.Accept(yaml);
    }
}
