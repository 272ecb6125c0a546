using XdsCanary.CanaryEngine.Resources;

namespace XdsCanary.CanaryEngine.Tests.Resources;

public sealed class CanaryKindsTests
{
    [Theory]
    [InlineData("flagger.app/v1beta1", "Cannary", "kind", "Write 'Canary'")]
    [InlineData("flagger.app/v1beta1", "canary", "kind", "Write 'Canary'")]
    [InlineData("flagger.app/v1beta1", "MetricsTemplate", "kind", "Write 'MetricTemplate'")]
    [InlineData("flagger.app/v1beta1", "Alertprovider", "kind", "Write 'AlertProvider'")]
    [InlineData("flagger.app/v1beta1", "Rollout", "kind", "Write one of Canary, MetricTemplate, AlertProvider")]
    [InlineData("flager.app/v1beta1", "Canary", "apiVersion", "Write 'flagger.app/v1beta1'")]
    public void Slip_is_refused_with_the_probable_name(string version, string kind, string field, string fix)
    {
        var fault = CanaryKinds.Refuse(Manifests.ReadOne(Write(version, kind)))!;

        Assert.Equal((field, fix), (fault.Field, fault.Fix));
        Assert.Equal(field == "kind" ? 2 : 1, fault.Origin.Line);
    }

    [Theory]
    [InlineData("flagger.app/v1beta1", "Canary", true)]
    [InlineData("flagger.app/v1alpha3", "Canary", true)]
    [InlineData("flagger.app/v1beta1", "MetricTemplate", true)]
    [InlineData("flagger.app/v1beta1", "AlertProvider", true)]
    [InlineData("v1", "Service", false)]
    [InlineData("rollouts.example.com/v1", "Canary", false)]
    public void What_is_read_and_what_is_others_is_not_refused(string version, string kind, bool isKnown)
    {
        var source = Manifests.ReadOne(Write(version, kind));

        Assert.Null(CanaryKinds.Refuse(source));
        Assert.Equal(isKnown, CanaryKinds.IsKnown(source.Key));
    }

    [Theory]
    [InlineData("Canary", "v1")]
    [InlineData("Canary", "v1alpha2")]
    [InlineData("MetricTemplate", "v1beta2")]
    public void Version_that_is_not_known_is_refused(string kind, string version)
    {
        var read = CanaryObjects.Read(Manifests.Read(Write($"flagger.app/{version}", kind)), new MapperOptions());

        Assert.Contains(read.Faults, fault => fault is { Field: "apiVersion", Fix: "Write 'flagger.app/v1beta1'" });
    }

    [Fact]
    public void Object_without_spec_is_refused() => Assert.Contains(
        CanaryObjects.Read(Manifests.Read(Write("flagger.app/v1beta1", "Canary")), new MapperOptions()).Faults,
        fault => fault is { Field: "spec", Message: "is missing" });

    private static string Write(string version, string kind) => $"apiVersion: {version}\nkind: {kind}\nmetadata: {{name: x}}\n";
}
