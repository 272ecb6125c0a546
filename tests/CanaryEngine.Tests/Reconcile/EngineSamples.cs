using XdsCanary.CanaryEngine.Standalone;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests.Reconcile;

/// <summary>Manifests of a canary of the Service <c>web</c> in the namespace <c>test</c>.</summary>
internal static class EngineSamples
{
    public static NamespacedName Web { get; } = new("test", "web");

    public static string Service(string revision, string name = "web", string ready = "true") => $$"""
        apiVersion: v1
        kind: Service
        metadata: {name: {{name}}, namespace: test, annotations: {xdscanary.io/revision: "{{revision}}" } }
        spec: {ports: [{name: http, port: 80}]}
        ---
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata: {name: {{name}}-1, namespace: test, labels: {kubernetes.io/service-name: {{name}} } }
        addressType: IPv4
        ports: [{name: http, port: 8080}]
        endpoints: [{addresses: ["10.0.0.1"], conditions: {ready: {{ready}} } }]
        """;

    public static string Canary(
        string name = "web",
        string target = "web",
        string analysis = "interval: 1m, threshold: 2, stepWeights: [10, 20, 50]",
        string apex = "front") => $$"""
        apiVersion: flagger.app/v1beta1
        kind: Canary
        metadata: {name: {{name}}, namespace: test}
        spec:
          targetRef: {apiVersion: v1, kind: Service, name: {{target}} }
          service: {name: {{apex}}, port: 80}
          analysis: { {{analysis}} }
        """;

    public static ObjectSet Set(params string[] manifests) =>
        ObjectSet.Empty with { Objects = Manifests.Read(string.Join("\n---\n", manifests)) };

    public static TargetSnapshot Snapshot(string manifests) => TargetIndex.Of(Set(manifests), TargetIndex.Empty).Find(Web)!;
}
