namespace XdsCanary.XdsServer.Demo;

/// <summary>
/// The manifests of the demo in a temporary directory: a service in two versions and the split between them. Files are written
/// beside their place and renamed, so that a watcher never reads half a file. Not thread-safe.
/// </summary>
internal sealed class DemoManifests : ITrafficWeights, IDisposable
{
    /// <summary>The namespace of all objects.</summary>
    public const string Namespace = "default";

    /// <summary>The root service, whose traffic is split.</summary>
    public const string Service = "shop";

    /// <summary>The backend of version 1.</summary>
    public const string V1 = "shop-v1";

    /// <summary>The backend of version 2.</summary>
    public const string V2 = "shop-v2";

    /// <summary>The backend that the canary puts the version under analysis behind.</summary>
    public const string Canary = Service + "-canary";

    private DemoManifests(string folder) => Folder = folder;

    /// <summary>The directory.</summary>
    public string Folder { get; }

    /// <summary>Writes the manifests into a new temporary directory.</summary>
    /// <param name="portV1">The loopback port of version 1.</param>
    /// <param name="portV2">The loopback port of version 2.</param>
    /// <param name="weightV1">The weight of version 1.</param>
    /// <param name="weightV2">The weight of version 2.</param>
    public static DemoManifests Create(int portV1, int portV2, int weightV1, int weightV2)
    {
        var manifests = new DemoManifests(Directory.CreateTempSubdirectory("xds-canary-demo-").FullName);
        manifests.Write("service-shop.yaml", ServiceText(Service));
        manifests.Write("service-shop-v1.yaml", ServiceText(V1) + "---\n" + SliceText(V1, portV1));
        manifests.Write("service-shop-v2.yaml", ServiceText(V2) + "---\n" + SliceText(V2, portV2));
        manifests.SetWeights(weightV1, weightV2);
        return manifests;
    }

    /// <inheritdoc/>
    public void SetWeights(int v1, int v2) => Write(
        "trafficsplit-shop.yaml",
        $$"""
        apiVersion: split.smi-spec.io/v1alpha4
        kind: TrafficSplit
        metadata:
          name: {{Service}}
          namespace: {{Namespace}}
        spec:
          service: {{Service}}
          backends:
            - service: {{V1}}
              weight: {{v1}}
            - service: {{V2}}
              weight: {{v2}}

        """);

    /// <summary>Hands the service over from the split to a canary.</summary>
    /// <param name="port">The loopback port of the version that serves first.</param>
    /// <param name="pace">How fast the canary goes.</param>
    public void StartCanary(int port, CanaryPace pace)
    {
        // The service has endpoints of its own before the split goes: no request is without a place to go.
        SetTarget(port);
        Write("canary-shop.yaml", CanaryText(pace));
        File.Delete(Path.Combine(Folder, "trafficsplit-shop.yaml"));
    }

    /// <summary>Brings a version out: the service's endpoint is another one.</summary>
    /// <param name="port">The version's loopback port.</param>
    public void SetTarget(int port) => Write("endpoints-shop.yaml", SliceText(Service, port));

    /// <summary>Removes the directory.</summary>
    public void Dispose()
    {
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    private static string ServiceText(string name) =>
        $$"""
        apiVersion: v1
        kind: Service
        metadata:
          name: {{name}}
          namespace: {{Namespace}}
        spec:
          ports:
            - name: http
              port: 80
              protocol: TCP

        """;

    private static string CanaryText(CanaryPace pace) =>
        $$"""
        apiVersion: flagger.app/v1beta1
        kind: Canary
        metadata:
          name: {{Service}}
          namespace: {{Namespace}}
        spec:
          targetRef:
            apiVersion: v1
            kind: Service
            name: {{Service}}
          service:
            port: 80
          analysis:
            interval: {{pace.Interval.TotalSeconds}}s
            threshold: 3
            stepWeight: 10
            maxWeight: 50
            metrics:
              - name: request-success-rate
                thresholdRange:
                  min: 99
                interval: {{pace.Window.TotalSeconds}}s
              - name: request-duration
                thresholdRange:
                  max: 500
                interval: {{pace.Window.TotalSeconds}}s
            abort:
              interval: 500ms
              minSamples: 10

        """;

    private static string SliceText(string service, int port) =>
        $$"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: {{service}}-1
          namespace: {{Namespace}}
          labels:
            kubernetes.io/service-name: {{service}}
        addressType: IPv4
        ports:
          - name: http
            port: {{port}}
            protocol: TCP
        endpoints:
          - addresses:
              - 127.0.0.1
            conditions:
              ready: true

        """;

    private void Write(string name, string text)
    {
        // A name that no source takes for a manifest, in the same directory so that the rename is atomic.
        var temporary = Path.Combine(Folder, $".{name}.tmp");
        File.WriteAllText(temporary, text);
        File.Move(temporary, Path.Combine(Folder, name), overwrite: true);
    }
}
