using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Tests.Resources;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.CanaryEngine.Tests.Kubernetes;

/// <summary>Objects of a cluster, and what is made for them; a test names only what matters to it.</summary>
internal static class KubeSamples
{
    private const string OfDaemonSet = "updateStrategy: {type: RollingUpdate, rollingUpdate: {maxUnavailable: 1}}";

    /// <summary>Reads one object.</summary>
    public static JsonObject Read(string yaml) => Assert.Single(ReadAll(yaml));

    /// <summary>Reads the objects of a text.</summary>
    public static List<JsonObject> ReadAll(string yaml) =>
    [
        .. DocumentReader.Read(yaml, DocumentSyntax.Yaml).Select(document =>
        {
            Assert.Empty(document.Problems);
            return (JsonObject)NodeJson.ToJsonNode(document.Root!)!;
        }),
    ];

    /// <summary>A Deployment or DaemonSet named web as an API server hands it out.</summary>
    public static JsonObject Workload(string kind = "Deployment", string label = "web", string pod = "", int replicas = 2) => Read($$$$"""
        apiVersion: apps/v1
        kind: {{{{kind}}}}
        metadata:
          name: web
          namespace: test
          generation: 1
          labels: {app: {{{{label}}}}, team: x, color: red, kustomize.toolkit.fluxcd.io/name: apps}
          annotations:
            owner: team-x
            team/contact: joe
            kustomize.toolkit.fluxcd.io/checksum: abc
            deployment.kubernetes.io/revision: '7'
            kubectl.kubernetes.io/last-applied-configuration: '{}'
        spec:
          {{{{(kind == "Deployment" ? OfDeployment(replicas) : OfDaemonSet)}}}}
          minReadySeconds: 5
          revisionHistoryLimit: 4
          selector: {matchLabels: {app: {{{{label}}}}, tier: front}}
          template:
            metadata:
              labels: {app: {{{{label}}}}, tier: front, kustomize.toolkit.fluxcd.io/checksum: abc}
              annotations: {prometheus.io/scrape: 'true', helm.toolkit.fluxcd.io/checksum: abc}
            spec:
              containers:
              - name: podinfo
                image: podinfo:1
                imagePullPolicy: IfNotPresent
                terminationMessagePath: /dev/termination-log
                terminationMessagePolicy: File
                resources: {requests: {cpu: 100m}}
                ports: [{name: http, containerPort: 9898, protocol: TCP}]
              dnsPolicy: ClusterFirst
              restartPolicy: Always
              schedulerName: default-scheduler
              securityContext: {}
              terminationGracePeriodSeconds: 30
              {{{{pod}}}}
        """);

    /// <summary>The pod template of a workload.</summary>
    public static JsonObject TemplateOf(JsonObject workload) => workload.ObjectAt("spec", "template")!;

    /// <summary>What objects of a canary of web are made by.</summary>
    public static MadeFor Made(
        string service = "port: 9898", string kind = "Deployment", string spec = "", string prefixes = "", JsonObject? target = null) => new(
            CanaryManifest.Accept(CanaryManifest.Write(
                service: service, spec: spec, target: $"{{apiVersion: apps/v1, kind: {kind}, name: web}}")),
            SelectorLabel.Of(target ?? Workload(kind), SelectorLabel.DefaultKeys),
            new CanaryOwner("web", "uid-1"),
            IncludePrefixes.Parse(prefixes));

    /// <summary>The primary's template without renamed configs.</summary>
    public static JsonObject PrimaryTemplateOf(JsonObject target, MadeFor made) => PrimaryTemplate.Of(
        TemplateOf(target),
        made.Selector,
        target.TextAt("kind") == "Deployment" ? "web" : null,
        ConfigClone.Names([]));

    /// <summary>The primary of a target as it is.</summary>
    public static JsonObject Primary(JsonObject target, MadeFor made, string revision = "r1") =>
        PrimaryWorkload.Make(made, target, PrimaryTemplateOf(target, made), revision);

    /// <summary>Compares two nodes by content.</summary>
    public static void AssertJson(string expected, JsonNode? actual) =>
        Assert.Equal(CanonicalJson.Text(Read(expected)), CanonicalJson.Text(actual));

    private static string OfDeployment(int replicas) => $$$$"""
        replicas: {{{{replicas}}}}
          progressDeadlineSeconds: 60
          strategy: {type: RollingUpdate, rollingUpdate: {maxSurge: 1, maxUnavailable: 0}}
        """;
}
