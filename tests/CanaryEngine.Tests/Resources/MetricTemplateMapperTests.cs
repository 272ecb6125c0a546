using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Resources;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Resources;

public sealed class MetricTemplateMapperTests
{
    [Fact]
    public void Everything_written_is_in_the_template()
    {
        var mapped = Map(
            "provider: {type: prometheus, address: 'https://prometheus:9090/base', insecureSkipVerify: true, "
            + "secretRef: {name: token}, headers: {X-Scope: [b, a], Accept: [x]}}, query: 'sum({{ target }})'");

        Assert.Equal(
            new MetricTemplateSpec
            {
                Key = new NamespacedName("test", "errors"),
                Provider = MetricProviderType.Prometheus,
                Address = new Uri("https://prometheus:9090/base"),
                Headers = [new("Accept", "x"), new("X-Scope", "b"), new("X-Scope", "a")],
                Secret = new NamespacedName("test", "token"),
                SkipVerify = true,
                Query = "sum({{ target }})",
            },
            mapped.Value);
        Assert.Empty(mapped.Notes);
    }

    [Fact]
    public void Server_s_own_prometheus_is_asked_when_there_is_no_address()
    {
        var value = Map("provider: {type: prometheus}, query: x").Value!;

        Assert.True(value is { Address: null, Secret: null, SkipVerify: false });
        Assert.Empty(value.Headers);
    }

    [Fact]
    public void Envoy_needs_no_address_and_one_is_noted()
    {
        var mapped = Map("provider: {type: envoy, address: 'http://x'}, query: x");

        Assert.Equal(MetricProviderType.Envoy, mapped.Value!.Provider);
        Assert.Equal(["spec.provider.address"], mapped.Notes.Select(note => note.Field));
    }

    [Theory]
    [InlineData("influxdb")]
    [InlineData("datadog")]
    [InlineData("externalmetrics")]
    [InlineData("stackdriver")]
    [InlineData("cloudwatch")]
    [InlineData("newrelic")]
    [InlineData("graphite")]
    [InlineData("dynatrace")]
    [InlineData("keptn")]
    [InlineData("splunk")]
    public void Other_providers_of_Flagger_are_refused_with_what_to_do(string type) => Assert.Equal(
        [
            $"spec.provider.type: '{type}' is a provider of Flagger that cannot be asked here. "
            + "Use prometheus or envoy, or judge in a webhook of type rollout that asks it",
        ],
        Faults($"provider: {{type: {type}}}, query: x"));

    [Theory]
    [InlineData("query: x", "spec.provider.type: is missing. ")]
    [InlineData("provider: prometheus, query: x", "spec.provider: must be an object. ")]
    [InlineData("provider: {type: promethues}, query: x", "spec.provider.type: must be one of prometheus, envoy, not 'promethues'. Write 'prometheus'")]
    [InlineData("provider: {type: prometheus}", "spec.query: is missing. ")]
    [InlineData("provider: {type: prometheus}, query: ''", "spec.query: is empty. ")]
    [InlineData("provider: {type: prometheus, address: 'prometheus:9090'}, query: x", "spec.provider.address: must be a URL")]
    [InlineData("provider: {type: prometheus, secretRef: {}}, query: x", "spec.provider.secretRef.name: is missing. ")]
    [InlineData("provider: {type: prometheus, secretRef: {name: x, namespace: y}}, query: x", "spec.provider.secretRef.namespace: is not a known field. ")]
    [InlineData("provider: {type: prometheus, headers: {a: b}}, query: x", "spec.provider.headers[a]: must be a list. ")]
    [InlineData("provider: {type: prometheus, headers: {'a b': [c]}}, query: x", "spec.provider.headers[a b]: is not the name of a header. ")]
    [InlineData("provider: {type: prometheus, headers: {a: [\"b\\nc\"]}}, query: x", "spec.provider.headers[a][0]: cannot be sent in a header. ")]
    [InlineData("provider: {type: prometheus}, qeury: x, query: y", "spec.qeury: is not a known field. Write 'query'")]
    public void Template_that_cannot_be_asked_is_refused(string spec, string fault) =>
        Assert.StartsWith(fault, Assert.Single(Faults(spec)), StringComparison.Ordinal);

    [Fact]
    public void Region_is_noted() => Assert.Equal(
        ["spec.provider.region"], Map("provider: {type: prometheus, region: eu}, query: x").Notes.Select(note => note.Field));

    private static string[] Faults(string spec)
    {
        var mapped = Map(spec);
        Assert.Null(mapped.Value);
        return [.. mapped.Faults.Select(fault => $"{fault.Field}: {fault.Message}. {fault.Fix}")];
    }

    private static Mapped<MetricTemplateSpec> Map(string spec) => MetricTemplateMapper.Map(
        Manifests.ReadOne($$"""
            apiVersion: flagger.app/v1beta1
            kind: MetricTemplate
            metadata: {name: errors, namespace: test}
            spec: { {{spec}} }
            """),
        new MapperOptions());
}
