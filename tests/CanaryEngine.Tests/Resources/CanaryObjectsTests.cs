using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.TestKit;

namespace XdsCanary.CanaryEngine.Tests.Resources;

public sealed class CanaryObjectsTests
{
    private const string Templates =
        """
        ---
        apiVersion: flagger.app/v1beta1
        kind: MetricTemplate
        metadata: {name: errors, namespace: shared}
        spec: {provider: {type: envoy}, query: x}
        ---
        apiVersion: flagger.app/v1beta1
        kind: AlertProvider
        metadata: {name: slack, namespace: test}
        spec: {type: slack, address: 'https://x'}
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: web, namespace: test}
        spec: {ports: [{port: 80}]}

        """;

    [Fact]
    public void Objects_that_fit_together_have_no_faults()
    {
        var read = Read(CanaryManifest.Write(
            "stepWeight: 10, metrics: [{name: e, threshold: 1, templateRef: {name: errors, namespace: shared}}], "
            + "alerts: [{name: a, providerRef: {name: slack}}]",
            target: CanaryManifest.ServiceTarget));

        Assert.Empty(read.Faults);
        Assert.Equal(new NamespacedName("test", "web"), Assert.Single(read.Canaries).Key);
        Assert.Equal(new NamespacedName("shared", "errors"), Assert.Single(read.Templates).Key);
        Assert.Equal(new NamespacedName("test", "slack"), Assert.Single(read.Providers).Key);
    }

    [Theory]
    [InlineData("{name: errors}", "there is no MetricTemplate test/errors", "Add the MetricTemplate, or write the name and namespace of one that is there")]
    [InlineData("{name: eror, namespace: shared}", "there is no MetricTemplate shared/eror", "Write 'errors'")]
    public void Template_that_is_not_there_is_told_of(string reference, string message, string fix)
    {
        var read = Read(CanaryManifest.Write($"stepWeight: 10, metrics: [{{name: e, threshold: 1, templateRef: {reference}}}]"));

        var fault = Assert.Single(read.Faults.Items);
        Assert.Equal(("spec.analysis.metrics[0].templateRef.name", message, fix), (fault.Field, fault.Message, fault.Fix));
    }

    [Fact]
    public void Alert_provider_that_is_not_there_is_told_of_in_the_older_spelling_too()
    {
        var read = Read(CanaryManifest.Write(
            "stepWeight: 10, alerts: [{name: a, providerRef: {name: slak}}]", analysisName: "canaryAnalysis"));

        var fault = Assert.Single(read.Faults.Items);
        Assert.Equal(
            ("spec.canaryAnalysis.alerts[0].providerRef.name", "there is no AlertProvider test/slak", "Write 'slack'"),
            (fault.Field, fault.Message, fault.Fix));
    }

    [Fact]
    public void Service_that_is_not_there_is_told_of_but_not_a_deployment()
    {
        var read = Read(CanaryManifest.Write(target: "{apiVersion: v1, kind: Service, name: nobody}"));

        Assert.Equal(["there is no Service test/nobody"], read.Faults.Select(fault => fault.Message));
        Assert.Empty(Read(CanaryManifest.Write(target: "{apiVersion: apps/v1, kind: Deployment, name: nobody}")).Faults);
    }

    [Fact]
    public void Two_canaries_of_one_target_are_both_told_of_with_the_other_s_name()
    {
        var read = Read(CanaryManifest.Write() + "\n---\n" + Named(CanaryManifest.Write(service: "name: other, port: 80"), "second"));

        Assert.Equal(
            [
                "Canary test/second: spec.targetRef.name: Deployment 'web' is the target of Canary test/web, too",
                "Canary test/web: spec.targetRef.name: Deployment 'web' is the target of Canary test/second, too",
            ],
            read.Faults.Select(fault => $"{fault.Object}: {fault.Field}: {fault.Message}"));
    }

    [Fact]
    public void Two_canaries_of_one_service_are_both_told_of_with_the_other_s_name()
    {
        var second = CanaryManifest.Write(target: "{apiVersion: apps/v1, kind: Deployment, name: next}", service: "name: web, port: 80");

        var read = Read(CanaryManifest.Write() + "\n---\n" + Named(second, "second"));

        Assert.Equal(
            [
                "Canary test/second: spec.service.name: the service 'web' is made by Canary test/web, too",
                "Canary test/web: spec.service.name: the service 'web' is made by Canary test/second, too",
            ],
            read.Faults.Select(fault => $"{fault.Object}: {fault.Field}: {fault.Message}"));
    }

    [Fact]
    public void Canaries_of_the_same_name_in_two_namespaces_are_not_in_each_other_s_way()
    {
        var other = CanaryManifest.Write().Replace("namespace: test", "namespace: prod", StringComparison.Ordinal);

        Assert.Empty(Read(CanaryManifest.Write() + "\n---\n" + other).Faults);
    }

    [Fact]
    public void H_30_one_bad_canary_does_not_blind_for_the_others()
    {
        var read = Read(CanaryManifest.Write() + "\n---\n" + Named(CanaryManifest.Write("stepWeight: 2.5"), "bad"));

        Assert.Equal(["web"], read.Canaries.Keys.Select(key => key.Name));
        Assert.Equal(["Canary test/bad"], read.Faults.Select(fault => $"{fault.Object}"));
    }

    [Fact]
    public void Canaries_recorded_in_a_cluster_of_Flagger_are_read()
    {
        var file = FindRecord();
        Assert.SkipWhen(file is null, "The records of a Flagger cluster are not beside the repository.");

        var read = CanaryObjects.Read(Manifests.Read(File.ReadAllText(file!)), new MapperOptions());

        // Templates and alert providers are not among the records.
        Assert.All(read.Faults, fault => Assert.StartsWith("there is no ", fault.Message, StringComparison.Ordinal));
        Assert.Equal(14, read.Canaries.Count);
        Assert.Equal(CanaryStrategy.BlueGreen, read.Canaries[new NamespacedName("test", "bluegreen")].Analysis.Strategy);
        Assert.Equal([10, 40], read.Canaries[new NamespacedName("test", "configured")].Analysis.StepWeights);
        Assert.Equal(8, read.Canaries[new NamespacedName("test", "latent")].Analysis.Webhooks.Count);
        Assert.Equal(5, read.Canaries[new NamespacedName("test", "promoted")].Analysis.Alerts.Count);
        Assert.True(read.Canaries[new NamespacedName("test", "skipped")].SkipAnalysis);
        Assert.All(read.Notes, note => Assert.StartsWith("is not acted on: ", note.Message, StringComparison.Ordinal));
    }

    private static CanaryObjects Read(string canaries) =>
        CanaryObjects.Read(Manifests.Read(canaries + "\n" + Templates), new MapperOptions());

    private static string Named(string manifest, string name) =>
        manifest.Replace("metadata: {name: web", $"metadata: {{name: {name}", StringComparison.Ordinal);

    private static string? FindRecord()
    {
        var file = RepositoryPaths.FlaggerRecord("objects-1-initialized.yaml");
        return File.Exists(file) ? file : null;
    }
}
