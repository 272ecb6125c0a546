using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Resources;

namespace XdsCanary.CanaryEngine.Tests.Resources;

/// <summary>Fields that only matter where the engine makes Services and autoscalers: in Kubernetes.</summary>
public sealed class MadeServiceFieldsTests
{
    private const string Everything =
        "port: 80, portDiscovery: true, headless: true, trafficDistribution: PreferSameZone, "
        + "apex: {labels: {b: '2', a: '1'}, annotations: {example.com/note: any text}}, primary: {labels: {p: q}}, "
        + "canary: {annotations: {c: d}}, unmanagedMetadata: {annotations: [example.com/neg], labels: [team]}";

    [Fact]
    public void Everything_written_is_in_the_spec()
    {
        var mapped = CanaryManifest.Map(CanaryManifest.Write(service: Everything));

        Assert.Empty(mapped.Notes);
        var expected = new CanaryService
        {
            Name = "web",
            Port = 80,
            PortDiscovery = true,
            Headless = true,
            TrafficDistribution = "PreferSameZone",
            ApexMetadata = new CustomMetadata(
                [new TemplateVariable("a", "1"), new TemplateVariable("b", "2")], [new TemplateVariable("example.com/note", "any text")]),
            PrimaryMetadata = new CustomMetadata([new TemplateVariable("p", "q")], []),
            CanaryMetadata = new CustomMetadata([], [new TemplateVariable("c", "d")]),
            UnmanagedMetadata = new UnmanagedMetadata(["team"], ["example.com/neg"]),
        };
        Assert.Equal(expected, mapped.Value!.Service);
        Assert.Equal(mapped.Value, CanaryManifest.Accept(CanaryManifest.Write(service: Everything)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Copies_of_a_Service_have_none_of_it_which_is_noted(bool isStandalone)
    {
        var mapped = CanaryManifest.Map(
            CanaryManifest.Write(target: CanaryManifest.ServiceTarget, service: Everything), new MapperOptions { Standalone = isStandalone });

        Assert.Equal(new CanaryService { Name = "web", Port = 80 }, mapped.Value!.Service);
        Assert.Equal(
            ["apex", "canary", "headless", "portDiscovery", "primary", "trafficDistribution", "unmanagedMetadata"],
            mapped.Notes.Select(note => note.Field["spec.service.".Length..]).Order(StringComparer.Ordinal));
        Assert.All(mapped.Notes, note => Assert.Equal("is not acted on: the services are copies of the target", note.Message));
    }

    [Theory]
    [InlineData("portDiscovery: 'yes'", "spec.service.portDiscovery: must be true or false")]
    [InlineData("headless: 1", "spec.service.headless: must be true or false")]
    [InlineData("trafficDistribution: preferclose", "spec.service.trafficDistribution: must be one of PreferClose, PreferSameZone, PreferSameNode")]
    [InlineData("apex: {label: {a: b}}", "spec.service.apex.label: is not a known field. Write 'labels'")]
    [InlineData("apex: {labels: {a: 1}}", "spec.service.apex.labels[a]: must be a text, but '1' is read as a number or a boolean. Write \"1\" in quotes")]
    [InlineData("apex: {labels: {a: b c}}", "spec.service.apex.labels[a]: must be a label's value, not 'b c'")]
    [InlineData("canary: {labels: {'a b': c}}", "spec.service.canary.labels[a b]: must have a key such as example.com/name, not 'a b'")]
    [InlineData("primary: {annotations: {Example.com/a: b}}", "spec.service.primary.annotations[Example.com/a]: must have a key such as example.com/name")]
    [InlineData("unmanagedMetadata: {labels: ['']}", "spec.service.unmanagedMetadata.labels[0]: is empty")]
    [InlineData("unmanagedMetadata: {annotations: [a/b/c]}", "spec.service.unmanagedMetadata.annotations[0]: must have a key such as example.com/name, not 'a/b/c'")]
    [InlineData("unmanagedMetadata: {annotation: [a]}", "spec.service.unmanagedMetadata.annotation: is not a known field. Write 'annotations'")]
    public void Field_that_is_wrong_is_refused(string field, string fault) => Assert.StartsWith(
        fault, Assert.Single(CanaryManifest.Refuse(CanaryManifest.Write(service: $"port: 80, {field}"))), StringComparison.Ordinal);

    [Fact]
    public void Autoscaler_of_a_Deployment_is_read()
    {
        var mapped = Scaled("kind: HorizontalPodAutoscaler, name: web, primaryScalerReplicas: {minReplicas: 2, maxReplicas: 15}");

        Assert.Empty(mapped.Notes);
        Assert.Equal(new AutoscalerSpec("web", 2, 15), mapped.Value!.Autoscaler);
        Assert.Equal("web-primary", mapped.Value!.Autoscaler!.PrimaryName);
        Assert.Equal(new AutoscalerSpec("web"), Scaled("kind: HorizontalPodAutoscaler, name: web").Value!.Autoscaler);
        Assert.Null(CanaryManifest.Accept(CanaryManifest.Write()).Autoscaler);
    }

    [Fact]
    public void Autoscaler_of_a_DaemonSet_is_noted()
    {
        var mapped = Scaled("kind: HorizontalPodAutoscaler, name: web", "DaemonSet");

        Assert.Null(mapped.Value!.Autoscaler);
        Assert.Equal("is not acted on: a DaemonSet has no replicas that could be scaled", Assert.Single(mapped.Notes).Message);
    }

    [Fact]
    public void Queries_for_KEDA_are_noted() => Assert.Equal(
        "spec.autoscalerRef.primaryScalerQueries",
        Assert.Single(Scaled("kind: HorizontalPodAutoscaler, name: web, primaryScalerQueries: {a: b}").Notes).Field);

    [Theory]
    [InlineData("kind: ScaledObject, name: web", "spec.autoscalerRef.kind: cannot be ScaledObject: KEDA is not supported. ")]
    [InlineData("kind: HorizontalPodAutoscaler, name: web, primaryScalerReplicas: {minReplicas: 0}", "spec.autoscalerRef.primaryScalerReplicas.minReplicas: must be a whole number from 1 ")]
    [InlineData("kind: HorizontalPodAutoscaler, name: web, primaryScalerReplicas: {minReplicas: 5, maxReplicas: 4}", "spec.autoscalerRef.primaryScalerReplicas.minReplicas: must be at most maxReplicas, which is 4, not 5. ")]
    [InlineData("kind: HorizontalPodAutoscaler, name: web, primaryScalerReplicas: {min: 5}", "spec.autoscalerRef.primaryScalerReplicas.min: is not a known field")]
    public void Autoscaler_that_is_wrong_is_refused(string reference, string fault)
    {
        var found = Assert.Single(Scaled(reference).Faults);

        Assert.StartsWith(fault, $"{found.Field}: {found.Message}. {found.Fix}", StringComparison.Ordinal);
    }

    private static Mapped<CanarySpec> Scaled(string reference, string kind = "Deployment") => CanaryManifest.Map(CanaryManifest.Write(
        spec: $"autoscalerRef: {{ {reference} }}", target: $"{{apiVersion: apps/v1, kind: {kind}, name: web}}"));
}
