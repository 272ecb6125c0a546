using System.Text;

namespace XdsCanary.TestKit.Manifests;

/// <summary>Writes manifests as people write them.</summary>
public static class Manifest
{
    /// <summary>A Service with one HTTP port.</summary>
    public static string Service(string name, string ns, int port = 80) =>
        $"""
        apiVersion: v1
        kind: Service
        metadata:
          name: {name}
          namespace: {ns}
        spec:
          ports:
          - name: http
            port: {port}

        """;

    /// <summary>
    /// One endpoint of a Service, on the loopback address; an EndpointSlice has one set of ports, so each port has its own.
    /// </summary>
    public static string EndpointSlice(string service, string ns, int port) =>
        $"""
        apiVersion: discovery.k8s.io/v1
        kind: EndpointSlice
        metadata:
          name: {service}-{port}
          namespace: {ns}
          labels:
            kubernetes.io/service-name: {service}
        addressType: IPv4
        ports:
        - name: http
          port: {port}
        endpoints:
        - addresses: ["127.0.0.1"]
          conditions:
            ready: true

        """;

    /// <summary>A TrafficSplit with whole-number weights.</summary>
    public static string TrafficSplit(string name, string ns, string service, params (string Backend, int Weight)[] backends)
    {
        var text = new StringBuilder(
            $"""
            apiVersion: split.smi-spec.io/v1alpha2
            kind: TrafficSplit
            metadata:
              name: {name}
              namespace: {ns}
            spec:
              service: {service}
              backends:

            """);
        foreach (var (backend, weight) in backends)
        {
            text.Append($"  - service: {backend}\n    weight: {weight}\n");
        }

        return text.ToString();
    }
}
