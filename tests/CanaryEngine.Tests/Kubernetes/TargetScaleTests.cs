using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

public sealed class TargetScaleTests
{
    private static readonly JsonObject Hpa = Read("{kind: HorizontalPodAutoscaler, spec: {minReplicas: 3, maxReplicas: 9}}");

    [Fact]
    public void CAN_04_a_Deployment_is_stopped_by_its_replicas_alone()
    {
        var patch = TargetScale.Stop(Workload())!;

        Assert.Equal(PatchKind.Apply, patch.Kind);
        AssertJson("{apiVersion: apps/v1, kind: Deployment, metadata: {name: web, namespace: test}, spec: {replicas: 0}}", patch.Body);
        Assert.Null(TargetScale.Stop(Workload(replicas: 0)));
    }

    [Theory]
    [InlineData(5, null, false, null)]
    [InlineData(0, 4, false, 4)]
    [InlineData(0, 0, false, 1)]
    [InlineData(0, null, false, 1)]
    [InlineData(0, 4, true, 3)]
    public void CAN_07_a_canary_starts_with_replicas_of_its_own_the_primary_s_or_the_autoscaler_s(
        int own, int? primary, bool isScaled, int? applied)
    {
        var patch = TargetScale.Start(
            Workload(replicas: own), primary is { } count ? Workload(replicas: count) : null, isScaled ? Hpa : null);

        Assert.Equal(applied, patch?.Body.NumberAt("spec", "replicas"));
    }

    [Fact]
    public void CAN_07_an_autoscaler_without_minimum_starts_at_one() =>
        Assert.Equal(1, TargetScale.FromZero(Workload(replicas: 0), Workload(replicas: 4), Read("{spec: {maxReplicas: 9}}")));

    [Theory]
    [InlineData(0, 1, false, 1)]
    [InlineData(0, 4, false, 4)]
    [InlineData(2, 4, false, 4)]
    [InlineData(0, 4, true, 4)]
    [InlineData(0, null, false, 1)]
    [InlineData(0, null, true, 3)]
    [InlineData(4, 4, false, null)]
    public void CAN_07_on_deletion_the_target_gets_the_primary_s_replicas(int own, int? primary, bool isScaled, int? applied)
    {
        var patch = TargetScale.HandBack(
            Workload(replicas: own), primary is { } count ? Workload(replicas: count) : null, isScaled ? Hpa : null);

        Assert.Equal(applied, patch?.Body.NumberAt("spec", "replicas"));
    }

    [Fact]
    public void CAN_20_a_DaemonSet_is_stopped_and_started_by_one_key_of_its_node_selector()
    {
        var running = Workload("DaemonSet", pod: "nodeSelector: {disk: ssd}");
        var stopped = Workload("DaemonSet", pod: "nodeSelector: {disk: ssd, flagger.app/scale-to-zero: 'true'}");

        var stop = TargetScale.Stop(running)!;
        var start = TargetScale.Start(stopped, null, null)!;

        Assert.Equal((PatchKind.Merge, PatchKind.Merge), (stop.Kind, start.Kind));
        AssertJson("{spec: {template: {spec: {nodeSelector: {flagger.app/scale-to-zero: 'true'}}}}}", stop.Body);
        AssertJson("{spec: {template: {spec: {nodeSelector: {flagger.app/scale-to-zero: null}}}}}", start.Body);
        Assert.Null(TargetScale.Stop(stopped));
        Assert.Null(TargetScale.Start(running, null, null));
    }

    [Fact]
    public void CAN_21_on_deletion_a_DaemonSet_loses_the_key()
    {
        var stopped = Workload("DaemonSet", pod: "nodeSelector: {flagger.app/scale-to-zero: 'true'}");

        AssertJson(
            "{spec: {template: {spec: {nodeSelector: {flagger.app/scale-to-zero: null}}}}}",
            TargetScale.HandBack(stopped, null, null)!.Body);
    }
}
