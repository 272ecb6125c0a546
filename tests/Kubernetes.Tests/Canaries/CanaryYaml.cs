namespace XdsCanary.Kubernetes.Tests.Canaries;

/// <summary>Manifests of canaries in the namespace test.</summary>
internal static class CanaryYaml
{
    /// <summary>The image that targets begin with.</summary>
    public const string FirstImage = "podinfo:6.0.0";

    /// <summary>
    /// The progress deadline, in seconds, where the API server goes away: the cluster's own controllers, whose clients wait longer after
    /// each attempt in vain, may not look at a Deployment for a minute after it is back.
    /// </summary>
    public const int OutageDeadline = 120;

    /// <summary>
    /// For how many seconds a pod that is to go serves on, where the API server goes away. Kubernetes takes it out of a Service by way of
    /// the API server, the store and a controller: it must serve for longer than these are away, or requests fail that no proxy could have
    /// saved.
    /// </summary>
    public const int OutageDrain = 20;

    // Even where nothing is away, the controller of endpoints waits a second, then two, when it has not yet seen what it wrote itself.
    private const int Drain = 5;

    /// <summary>A Deployment of podinfo that is configured by a ConfigMap and a Secret.</summary>
    /// <param name="image">Its image.</param>
    /// <param name="replicas">How many pods it is to have.</param>
    /// <param name="deadline">Within how many seconds it must make progress.</param>
    /// <param name="drain">For how many seconds a pod that is to go serves on.</param>
    public static string Deployment(string image = FirstImage, int replicas = 1, int deadline = 20, int drain = Drain) =>
        $$"""
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: podinfo-config-env, namespace: test}
        data: {color: blue}
        binaryData: {logo: AAECAw==}
        ---
        apiVersion: v1
        kind: Secret
        metadata: {name: podinfo-secret-env, namespace: test}
        stringData: {token: first}
        ---
        apiVersion: apps/v1
        kind: Deployment
        metadata:
          name: podinfo
          namespace: test
          labels: {app: podinfo, team: blue, tier: front}
          annotations: {team/owner: blue, other: x}
        spec:
          replicas: {{replicas}}
          progressDeadlineSeconds: {{deadline}}
          selector: {matchLabels: {app: podinfo} }
          template:
            metadata: {labels: {app: podinfo} }
            spec:
              terminationGracePeriodSeconds: {{drain + 1}}
              containers:
              - name: podinfod
                image: {{image}}
                command: [./podinfo, --port=9898, --level=info]
                env:
                - {name: PODINFO_UI_COLOR, valueFrom: {configMapKeyRef: {name: podinfo-config-env, key: color} } }
                - {name: TOKEN, valueFrom: {secretKeyRef: {name: podinfo-secret-env, key: token} } }
                ports: [{name: http, containerPort: 9898}]
                readinessProbe: {httpGet: {path: /readyz, port: http}, periodSeconds: 1}
                lifecycle: {preStop: {sleep: {seconds: {{drain}} } } }

        """;

    /// <summary>A DaemonSet of podinfo; a new pod of the only node is ready before the old one goes, so that no request fails.</summary>
    public static readonly string DaemonSet =
        $$"""
        apiVersion: apps/v1
        kind: DaemonSet
        metadata: {name: podinfo, namespace: test}
        spec:
          updateStrategy: {rollingUpdate: {maxSurge: 1, maxUnavailable: 0} }
          selector: {matchLabels: {app: podinfo} }
          template:
            metadata: {labels: {app: podinfo} }
            spec:
              nodeSelector: {kubernetes.io/os: linux}
              terminationGracePeriodSeconds: {{Drain + 1}}
              containers:
              - name: podinfod
                image: podinfo:6.0.0
                ports: [{name: http, containerPort: 9898}]
                readinessProbe: {httpGet: {path: /readyz, port: http}, periodSeconds: 1}
                lifecycle: {preStop: {sleep: {seconds: {{Drain}} } } }

        """;

    /// <summary>A Service of podinfo.</summary>
    /// <param name="app">What it selects.</param>
    /// <param name="name">Its name.</param>
    public static string Service(string app, string name = "podinfo") =>
        $$"""
        apiVersion: v1
        kind: Service
        metadata: {name: {{name}}, namespace: test}
        spec: {selector: {app: {{app}} }, ports: [{name: http, port: 80, targetPort: 9898}]}

        """;

    /// <summary>A webhook of a canary, one of <c>webhooks</c>.</summary>
    /// <param name="type">Its type.</param>
    /// <param name="address">Where it is.</param>
    public static string Hook(string type, string address) => $"{{name: {type}, type: {type}, url: \"{address}\"}}";

    /// <summary>An autoscaler of the Deployment, which finds it idle.</summary>
    /// <param name="smallest">How many replicas it leaves at least.</param>
    public static string Autoscaler(int smallest = 1) =>
        $$"""
        apiVersion: autoscaling/v2
        kind: HorizontalPodAutoscaler
        metadata: {name: podinfo, namespace: test, labels: {team: blue} }
        spec:
          scaleTargetRef: {apiVersion: apps/v1, kind: Deployment, name: podinfo}
          minReplicas: {{smallest}}
          maxReplicas: 4
          metrics: [{type: Resource, resource: {name: cpu, target: {type: Utilization, averageUtilization: 99} } }]

        """;

    /// <summary>A canary of it.</summary>
    /// <param name="analysis">Lines of <c>spec.analysis</c>, in flow style.</param>
    /// <param name="more">Further lines of <c>spec</c>.</param>
    /// <param name="service">Further fields of <c>spec.service</c>, in flow style.</param>
    /// <param name="kind">The target's kind.</param>
    /// <param name="interval">How long a step is observed.</param>
    /// <param name="deadline">Within how many seconds it must make progress.</param>
    public static string Canary(
        string analysis = "stepWeight: 25, maxWeight: 50",
        string more = "",
        string service = "",
        string kind = "Deployment",
        string interval = "2s",
        int deadline = 30) =>
        $$"""
        apiVersion: flagger.app/v1beta1
        kind: Canary
        metadata: {name: podinfo, namespace: test}
        spec:
          targetRef: {apiVersion: apps/v1, kind: {{kind}}, name: podinfo}
          progressDeadlineSeconds: {{deadline}}
          service: {port: 80, targetPort: 9898{{(service.Length == 0 ? "" : ", " + service)}} }
          analysis: {interval: {{interval}}, threshold: 3, {{analysis}} }
          {{more}}

        """;

    /// <summary>The built-in checks, over a short window.</summary>
    public const string Metrics =
        "metrics: [{name: request-success-rate, interval: 4s, thresholdRange: {min: 99} }, "
        + "{name: request-duration, interval: 4s, thresholdRange: {max: 500} }]";
}
