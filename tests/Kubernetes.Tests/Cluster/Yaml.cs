namespace XdsCanary.Kubernetes.Tests.Cluster;

/// <summary>Manifests of podinfo in the namespace test.</summary>
internal static class Yaml
{
    /// <summary>Puts manifests into another namespace.</summary>
    public static string In(this string yaml, string place) =>
        yaml.Replace("namespace: test", $"namespace: {place}", StringComparison.Ordinal);

    /// <summary>A Deployment, ready when podinfo says so, that never goes below its replicas, and a Service in front.</summary>
    public static string Podinfo(string image = "ghcr.io/stefanprodan/podinfo:6.9.2", int replicas = 2, string message = "one", string readiness = "/readyz") =>
        $$"""
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: podinfo, namespace: test}
        spec:
          replicas: {{replicas}}
          progressDeadlineSeconds: 4
          selector: {matchLabels: {app: podinfo} }
          strategy: {rollingUpdate: {maxUnavailable: 0, maxSurge: 1} }
          template:
            metadata: {labels: {app: podinfo} }
            spec:
              containers:
              - name: podinfod
                image: {{image}}
                command: [./podinfo, --port=9898, --level=info]
                env:
                - {name: PODINFO_UI_MESSAGE, value: {{message}} }
                ports: [{name: http, containerPort: 9898}]
                readinessProbe: {httpGet: {path: {{readiness}}, port: http}, periodSeconds: 1, failureThreshold: 1}
                livenessProbe: {exec: {command: [podcli, check, http, "localhost:9898/healthz"]} }
        ---
        apiVersion: v1
        kind: Service
        metadata: {name: podinfo, namespace: test}
        spec:
          selector: {app: podinfo}
          ports: [{name: http, port: 80, targetPort: http}]

        """;

    /// <summary>A DaemonSet.</summary>
    public static string DaemonSet(string nodeSelector = "{}") =>
        $$"""
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: agent, namespace: test}
        spec:
          selector: {matchLabels: {app: agent} }
          template:
            metadata: {labels: {app: agent} }
            spec:
              nodeSelector: {{nodeSelector}}
              terminationGracePeriodSeconds: 1
              containers:
              - {name: agent, image: "podinfo:6.9.2"}

        """;

    /// <summary>A pod with one container.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="container">The container's fields, but name and image, as a flow mapping's content.</param>
    /// <param name="spec">More fields of the pod's spec, in the same form.</param>
    public static string Pod(string name, string container, string spec = "terminationGracePeriodSeconds: 1") =>
        $$"""
        apiVersion: v1
        kind: Pod
        metadata: {name: {{name}}, namespace: test, labels: {app: {{name}} } }
        spec: { {{spec}}, containers: [{name: main, image: "podinfo:6.9.2", {{container}} }] }

        """;
}
