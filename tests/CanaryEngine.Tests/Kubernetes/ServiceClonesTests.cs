using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Tests.Resources;
using static XdsCanary.CanaryEngine.Tests.Kubernetes.KubeSamples;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

public sealed class ServiceClonesTests
{
    private static readonly CanarySpec Spec = CanaryManifest.Accept(CanaryManifest.Write(target: CanaryManifest.ServiceTarget));

    private static readonly CanaryOwner Owner = new("web", "uid-1");

    [Fact]
    public void A_copy_has_what_the_target_says_and_no_address_of_it() => AssertJson(
        """
        apiVersion: v1
        kind: Service
        metadata:
          name: web-canary
          namespace: test
          labels: {app: web}
          annotations: {note: a}
          ownerReferences: [{apiVersion: flagger.app/v1beta1, blockOwnerDeletion: true, controller: true, kind: Canary, name: web, uid: uid-1}]
        spec: {type: ClusterIP, selector: {app: web}, ports: [{name: http, port: 80, targetPort: 8080}], sessionAffinity: None}
        """,
        ServiceClones.Make(Spec, Owner, ServiceRole.Canary, Target()));

    [Fact]
    public void A_copy_of_a_headless_service_is_headless()
    {
        var target = Target();
        target["spec"]!["clusterIP"] = "None";

        Assert.Equal("None", ServiceClones.Make(Spec, Owner, ServiceRole.Primary, target).TextAt("spec", "clusterIP"));
    }

    [Fact]
    public void A_copy_follows_its_original_and_keeps_its_own_address()
    {
        var live = ServiceClones.Make(Spec, Owner, ServiceRole.Canary, Target());
        live["spec"]!["clusterIP"] = "10.96.0.77";
        live["metadata"]!["annotations"]!["example.com/foreign"] = "yes";
        Assert.Null(ServiceClones.Update(live, ServiceClones.Make(Spec, Owner, ServiceRole.Canary, Target())));
        var target = Target();
        target["spec"]!["selector"] = Read("{app: web, version: '2'}");

        var written = ServiceClones.Update(live, ServiceClones.Make(Spec, Owner, ServiceRole.Canary, target))!;

        Assert.Equal(("10.96.0.77", "2", "yes"), (
            written.TextAt("spec", "clusterIP"), written.TextAt("spec", "selector", "version"),
            written.TextAt("metadata", "annotations", "example.com/foreign")));
    }

    private static JsonObject Target() => Read("""
        apiVersion: v1
        kind: Service
        metadata:
          name: web
          namespace: test
          uid: other
          labels: {app: web, kustomize.toolkit.fluxcd.io/name: apps}
          annotations: {note: a, xdscanary.io/hosts: web.example.com, kubectl.kubernetes.io/last-applied-configuration: '{}'}
        spec:
          type: NodePort
          clusterIP: 10.96.0.1
          clusterIPs: [10.96.0.1]
          externalTrafficPolicy: Cluster
          selector: {app: web}
          ports: [{name: http, port: 80, targetPort: 8080, nodePort: 30080}]
          sessionAffinity: None
        status: {loadBalancer: {}}
        """);
}
