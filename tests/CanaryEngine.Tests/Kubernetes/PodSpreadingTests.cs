using XdsCanary.CanaryEngine.Kubernetes.Objects;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

public sealed class PodSpreadingTests
{
    private const string Pod = """
        affinity:
                podAffinity: {requiredDuringSchedulingIgnoredDuringExecution: [{topologyKey: z, labelSelector: {matchLabels: {app: web}}}]}
                podAntiAffinity:
                  preferredDuringSchedulingIgnoredDuringExecution:
                  - weight: 1
                    podAffinityTerm: {topologyKey: z, labelSelector: {matchExpressions: [{key: app, operator: In, values: [other, web, web]}], matchLabels: {app: web, tier: web}}}
                  - weight: 2
                    podAffinityTerm: {topologyKey: z, labelSelector: {matchExpressions: [{key: tier, operator: In, values: [web]}], matchLabels: {app: other}}}
                  requiredDuringSchedulingIgnoredDuringExecution:
                  - {topologyKey: z, labelSelector: {matchLabels: {name: web}}}
                  - {topologyKey: z}
              topologySpreadConstraints:
              - {maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: web}}}
              - {maxSkew: 1, topologyKey: z, whenUnsatisfiable: DoNotSchedule, labelSelector: {matchLabels: {app: other}}}
        """;

    [Fact]
    public void CAN_03_CAN_08_pods_of_the_primary_keep_away_from_each_other_not_from_the_canary_s()
    {
        var spec = PrimaryTemplateOf(Workload(pod: Pod), Made()).ObjectAt("spec")!;

        var apart = spec.ObjectAt("affinity", "podAntiAffinity");
        var preferred = apart.ItemsAt("preferredDuringSchedulingIgnoredDuringExecution").Select(term => term.At("podAffinityTerm", "labelSelector")).ToList();
        AssertJson("{matchExpressions: [{key: app, operator: In, values: [other, web-primary, web]}], matchLabels: {app: web-primary, tier: web}}", preferred[0]);
        AssertJson("{matchExpressions: [{key: tier, operator: In, values: [web]}], matchLabels: {app: other}}", preferred[1]);
        AssertJson("{matchLabels: {name: web-primary}}", apart.ItemsAt("requiredDuringSchedulingIgnoredDuringExecution").First().At("labelSelector"));
        AssertJson("{matchLabels: {app: web-primary}}", spec.ItemsAt("topologySpreadConstraints").First().At("labelSelector"));
        AssertJson("{matchLabels: {app: other}}", spec.ItemsAt("topologySpreadConstraints").Last().At("labelSelector"));
        Assert.Equal(
            "web",
            spec.ItemsAt("affinity", "podAffinity", "requiredDuringSchedulingIgnoredDuringExecution").Single().TextAt("labelSelector", "matchLabels", "app"));
    }

    [Fact]
    public void CAN_17_pods_of_a_DaemonSet_are_not_spread()
    {
        var target = Workload("DaemonSet", pod: Pod);

        var template = PrimaryTemplateOf(target, Made(kind: "DaemonSet"));

        Assert.True(CanonicalJson.AreEqual(TemplateOf(target).At("spec"), template.At("spec")));
    }
}
