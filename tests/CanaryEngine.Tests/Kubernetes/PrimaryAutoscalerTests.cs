using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

public sealed class PrimaryAutoscalerTests
{
    private static MadeFor Scaled(string replicas = "") =>
        Made(spec: $"autoscalerRef: {{apiVersion: autoscaling/v2, kind: HorizontalPodAutoscaler, name: web-hpa {replicas}}}");

    [Fact]
    public void CAN_33_the_primary_gets_an_autoscaler_like_the_target_s()
    {
        AssertJson(
            """
            apiVersion: autoscaling/v2
            kind: HorizontalPodAutoscaler
            metadata:
              name: web-hpa-primary
              namespace: test
              labels: {team: x}
              annotations: {note: a}
              ownerReferences: [{apiVersion: flagger.app/v1beta1, blockOwnerDeletion: true, controller: true, kind: Canary, name: web, uid: uid-1}]
            spec:
              scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web-primary}
              minReplicas: 2
              maxReplicas: 4
              metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 99}}}]
              behavior: {scaleDown: {stabilizationWindowSeconds: 60}}
            """,
            PrimaryAutoscaler.Make(Scaled(), Target()));
        Assert.Throws<ArgumentException>(() => PrimaryAutoscaler.Make(Made(), Target()));
    }

    [Fact]
    public void CAN_34_a_change_of_the_target_s_is_one_of_the_primary_s()
    {
        var live = PrimaryAutoscaler.Make(Scaled(), Target());

        Assert.True(PrimaryAutoscaler.Differs(live, PrimaryAutoscaler.Make(Scaled(), Target(utilization: 50))));
        Assert.True(PrimaryAutoscaler.Differs(live, PrimaryAutoscaler.Make(Scaled(), Target(maximum: 10))));
        Assert.True(PrimaryAutoscaler.Differs(live, PrimaryAutoscaler.Make(Scaled(), Target(team: "y"))));
    }

    [Fact]
    public void CAN_34_the_canary_may_ask_for_other_bounds()
    {
        var scaler = PrimaryAutoscaler.Make(Scaled(", primaryScalerReplicas: {minReplicas: 2, maxReplicas: 15}"), Target(maximum: 4));

        Assert.Equal((2, 15), (scaler.NumberAt("spec", "minReplicas"), scaler.NumberAt("spec", "maxReplicas")));
    }

    // In Flagger the copied labels get lost, so that it writes the object at every promotion.
    [Fact]
    public void H_27_equal_autoscalers_are_not_written()
    {
        var wanted = PrimaryAutoscaler.Make(Scaled(), Target());
        var live = wanted.Copy();
        live["metadata"]!["annotations"]!["example.com/foreign"] = "yes";
        live["metadata"]!["resourceVersion"] = "3";
        live["status"] = Read("{currentReplicas: 2}");

        Assert.False(PrimaryAutoscaler.Differs(live, wanted));
    }

    [Fact]
    public void H_27_no_minimum_is_a_minimum_of_one()
    {
        var wanted = PrimaryAutoscaler.Make(Scaled(), Target());
        var live = wanted.Copy();
        wanted["spec"]!.AsObject().Remove("minReplicas");
        live["spec"]!["minReplicas"] = 1;
        live["spec"]!["behavior"] = null;
        wanted["spec"]!.AsObject().Remove("behavior");

        Assert.False(PrimaryAutoscaler.Differs(live, wanted));
    }

    private static JsonObject Target(int utilization = 99, int maximum = 4, string team = "x") => Read($$$$"""
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata:
          name: web-hpa
          namespace: test
          labels: {team: {{{{team}}}}, kustomize.toolkit.fluxcd.io/name: apps}
          annotations: {note: a, kubectl.kubernetes.io/last-applied-configuration: '{}'}
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: web}
          minReplicas: 2
          maxReplicas: {{{{maximum}}}}
          metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: {{{{utilization}}}} }}}]
          behavior: {scaleDown: {stabilizationWindowSeconds: 60}}
        status: {currentReplicas: 2}
        """);
}
