using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Ports;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

public sealed class PrimaryWorkloadTests
{
    [Theory]
    [InlineData("Deployment")]
    [InlineData("DaemonSet")]
    public void CAN_01_CAN_15_primary_has_the_target_s_pods_under_a_label_of_its_own(string kind)
    {
        var target = Workload(kind);
        var before = target.ToJsonString();

        var primary = Primary(target, Made(kind: kind));

        Assert.Equal((kind, "web-primary", "test"), (primary.TextAt("kind"), primary.TextAt("metadata", "name"), primary.TextAt("metadata", "namespace")));
        Assert.Equal("podinfo:1", primary.ItemsAt("spec", "template", "spec", "containers").Single().TextAt("image"));
        AssertJson("{app: web-primary}", primary.At("spec", "selector", "matchLabels"));
        AssertJson("{app: web-primary, tier: front}", primary.At("spec", "template", "metadata", "labels"));
        AssertJson("{prometheus.io/scrape: 'true'}", primary.At("spec", "template", "metadata", "annotations"));
        AssertJson("{owner: team-x, team/contact: joe, xdscanary.io/revision: r1}", primary.At("metadata", "annotations"));
        AssertJson("{app: web-primary}", primary.At("metadata", "labels"));
        Assert.DoesNotContain("toolkit.fluxcd.io", primary.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(before, target.ToJsonString());
    }

    [Theory]
    [InlineData("Deployment")]
    [InlineData("DaemonSet")]
    public void CAN_02_CAN_16_the_label_s_value_counts_not_the_workload_s_name(string kind)
    {
        var target = Workload(kind, label: "podinfo");

        var primary = Primary(target, Made(kind: kind, target: target));

        AssertJson("{app: podinfo-primary}", primary.At("spec", "selector", "matchLabels"));
        Assert.Equal("podinfo-primary", primary.TextAt("spec", "template", "metadata", "labels", "app"));
    }

    [Fact]
    public void CAN_02_a_workload_that_selects_by_no_known_label_is_refused_with_the_keys()
    {
        var target = Read("{kind: Deployment, metadata: {name: web, namespace: test}, spec: {selector: {matchLabels: {tier: front}}}}");

        var fault = Assert.Throws<WorkloadException>(() => SelectorLabel.Of(target, SelectorLabel.DefaultKeys));

        Assert.Equal(
            "deployment web.test spec.selector.matchLabels must contain one of [app name app.kubernetes.io/name]", fault.Message);
    }

    [Fact]
    public void CAN_01_the_first_of_the_keys_that_is_there_is_the_label()
    {
        var target = Read("{kind: Deployment, spec: {selector: {matchLabels: {app.kubernetes.io/name: a, name: b}}}}");

        var label = SelectorLabel.Of(target, SelectorLabel.DefaultKeys);

        Assert.Equal(("name", "b", "b-primary"), (label.Key, label.Value, label.PrimaryValue));
    }

    [Fact]
    public void CAN_01_rollout_is_the_target_s_and_owner_is_the_canary()
    {
        var primary = Primary(Workload(), Made());

        AssertJson("{type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}", primary.At("spec", "strategy"));
        Assert.Equal((2, 60, 5, 4), (
            primary.NumberAt("spec", "replicas"), primary.NumberAt("spec", "progressDeadlineSeconds"),
            primary.NumberAt("spec", "minReadySeconds"), primary.NumberAt("spec", "revisionHistoryLimit")));
        AssertJson(
            "{apiVersion: flagger.app/v1beta1, kind: Canary, name: web, uid: uid-1, controller: true, blockOwnerDeletion: true}",
            Assert.Single(primary.ItemsAt("metadata", "ownerReferences")));
    }

    [Fact]
    public void CAN_15_primary_of_a_DaemonSet_has_its_update_strategy_and_no_replicas()
    {
        var target = Workload("DaemonSet", pod: "nodeSelector: {disk: ssd, flagger.app/scale-to-zero: 'true'}");

        var primary = Primary(target, Made(kind: "DaemonSet"));

        Assert.Null(primary.At("spec", "replicas"));
        AssertJson("{type: RollingUpdate, rollingUpdate: {maxUnavailable: 1}}", primary.At("spec", "updateStrategy"));
        AssertJson("{disk: ssd}", primary.At("spec", "template", "spec", "nodeSelector"));
    }

    [Fact]
    public void CAN_01_a_stopped_target_gets_a_primary_of_one_replica() =>
        Assert.Equal(1, Primary(Workload(replicas: 0), Made()).NumberAt("spec", "replicas"));

    [Fact]
    public void CAN_42_labels_of_the_prefixes_go_to_the_primary_but_not_those_of_Flux()
    {
        AssertJson("{app: web-primary, team: x}", Primary(Workload(), Made(prefixes: "team")).At("metadata", "labels"));
        AssertJson("{app: web-primary, team: x, color: red}", Primary(Workload(), Made(prefixes: "*")).At("metadata", "labels"));
    }

    [Theory]
    [InlineData("Deployment")]
    [InlineData("DaemonSet")]
    public void CAN_03_CAN_17_promotion_copies_template_labels_and_annotations_of_the_prefixes(string kind)
    {
        var made = Made(kind: kind, prefixes: "team");
        var live = Primary(Workload(kind), made);
        live["metadata"]!["finalizers"] = new JsonArray("example.com/keep");
        live["metadata"]!["annotations"]!["example.com/foreign"] = "yes";
        live["metadata"]!["resourceVersion"] = "17";
        var before = live.ToJsonString();
        var target = Workload(kind);
        target["metadata"]!["labels"]!["team"] = "y";
        target["metadata"]!["annotations"]!["team/contact"] = "ann";
        target["metadata"]!["annotations"]!["owner"] = "team-y";
        target["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "podinfo:2";
        target["spec"]!["minReadySeconds"] = 9;
        ((JsonObject)target["spec"]!).Remove("revisionHistoryLimit");

        var promoted = PrimaryWorkload.Promote(made, live, target, PrimaryTemplateOf(target, made), "r2");

        Assert.Equal("podinfo:2", promoted.ItemsAt("spec", "template", "spec", "containers").Single().TextAt("image"));
        Assert.Equal("web-primary", promoted.TextAt("spec", "template", "metadata", "labels", "app"));
        Assert.Equal((9, null), (promoted.NumberAt("spec", "minReadySeconds"), promoted.NumberAt("spec", "revisionHistoryLimit")));
        AssertJson("{app: web-primary, team: y}", promoted.At("metadata", "labels"));
        AssertJson(
            "{owner: team-x, team/contact: ann, example.com/foreign: 'yes', xdscanary.io/revision: r2}",
            promoted.At("metadata", "annotations"));
        Assert.Equal("17", promoted.TextAt("metadata", "resourceVersion"));
        Assert.Single(promoted.At("metadata", "finalizers")!.AsArray());
        Assert.Equal(before, live.ToJsonString());
    }

    [Fact]
    public void CAN_03_what_the_new_template_does_not_have_goes()
    {
        var made = Made();
        var live = Primary(Workload(pod: "priorityClassName: high"), made);
        live["spec"]!["template"]!["metadata"]!["annotations"]!["sidecar/injected"] = "true";
        var target = Workload();

        var promoted = PrimaryWorkload.Promote(made, live, target, PrimaryTemplateOf(target, made), "r2");

        Assert.Null(promoted.At("spec", "template", "spec", "priorityClassName"));
        AssertJson("{prometheus.io/scrape: 'true'}", promoted.At("spec", "template", "metadata", "annotations"));
    }

    [Theory]
    [InlineData("", 5, 5)]
    [InlineData("", 0, 2)]
    [InlineData("autoscalerRef: {kind: HorizontalPodAutoscaler, name: web}", 5, 2)]
    public void CAN_03_replicas_are_the_target_s_unless_an_autoscaler_finds_them_or_the_target_is_stopped(
        string spec, int targetHas, int primaryGets)
    {
        var made = Made(spec: spec);
        var live = Primary(Workload(replicas: 2), made);
        var target = Workload(replicas: targetHas);

        var promoted = PrimaryWorkload.Promote(made, live, target, PrimaryTemplateOf(target, made), "r2");

        Assert.Equal(primaryGets, promoted.NumberAt("spec", "replicas"));
    }

    // Flagger writes a new random annotation into the pods each time.
    [Fact]
    public void H_18_pods_of_the_primary_restart_only_when_something_changed()
    {
        var made = Made();
        var target = Workload();
        var live = Primary(target, made, "r1");

        var promoted = PrimaryWorkload.Promote(made, live, target, PrimaryTemplateOf(target, made), "r2");

        Assert.Equal("r2", PrimaryWorkload.RevisionOf(promoted));
        Assert.True(JsonNode.DeepEquals(live["spec"], promoted["spec"]));
        Assert.DoesNotContain("flagger-id", promoted.ToJsonString(), StringComparison.Ordinal);
        Assert.DoesNotContain("r2", promoted["spec"]!.ToJsonString(), StringComparison.Ordinal);
    }

    // Which revision it is made of is the engine's decision; Flagger takes whatever the target holds.
    [Fact]
    public void H_09_primary_that_is_made_again_has_the_template_that_it_is_given()
    {
        var made = Made();
        var promoted = PrimaryTemplateOf(Workload(), made);
        var target = Workload();
        target["spec"]!["template"]!["spec"]!["containers"]![0]!["image"] = "podinfo:failed";

        var primary = PrimaryWorkload.Make(made, target, promoted, "r1");

        Assert.Equal("podinfo:1", primary.ItemsAt("spec", "template", "spec", "containers").Single().TextAt("image"));
        Assert.Equal("r1", PrimaryWorkload.RevisionOf(primary));
    }
}
