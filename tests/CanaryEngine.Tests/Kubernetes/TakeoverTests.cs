using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>Taking over from Flagger: what it made of the target as it is, is not a new revision.</summary>
public sealed class TakeoverTests
{
    private const string Pod = "volumes: [{name: a, configMap: {name: settings, defaultMode: 420}}]";

    private static readonly ConfigKey[] Tracked = [new(ConfigKind.ConfigMap, "settings")];

    [Theory]
    [InlineData("Deployment")]
    [InlineData("DaemonSet")]
    public void H_17_a_primary_of_Flagger_with_the_target_s_template_is_known(string kind)
    {
        var made = Made(kind: kind);
        var target = Workload(kind, pod: Pod);
        var primary = OfFlagger(target, made, kind);

        Assert.True(IsOf(primary, target, made, kind));

        ((JsonObject)primary["spec"]!).Remove("schedulerName");
        Assert.True(IsOf(primary, target, made, kind));

        primary["spec"]!["containers"]![0]!["image"] = "podinfo:0";
        Assert.False(IsOf(primary, target, made, kind));
    }

    [Fact]
    public void H_16_a_primary_that_uses_the_target_s_own_settings_is_not()
    {
        var made = Made();
        var target = Workload(pod: Pod);
        var primary = OfFlagger(target, made, "Deployment");
        primary["spec"]!["volumes"]![0]!["configMap"]!["name"] = "settings";

        Assert.False(IsOf(primary, target, made, "Deployment"));
        Assert.True(PrimaryTemplate.IsOf(primary, TemplateOf(target), made.Selector, "web", []));
    }

    private static bool IsOf(JsonObject primary, JsonObject target, MadeFor made, string kind) =>
        PrimaryTemplate.IsOf(primary, TemplateOf(target), made.Selector, kind == "Deployment" ? "web" : null, Tracked);

    private static JsonObject OfFlagger(JsonObject target, MadeFor made, string kind)
    {
        var primary = PrimaryTemplate.Of(
            TemplateOf(target), made.Selector, kind == "Deployment" ? "web" : null, ConfigClone.FlaggerNames(Tracked));
        Assert.Equal("settings-primary", primary["spec"]!["volumes"]![0]!["configMap"]!.TextAt("name"));
        primary["metadata"]!["annotations"]!["flagger-id"] = "6168c816-7141-4077-a18a-6c41b481058b";
        return primary;
    }
}
