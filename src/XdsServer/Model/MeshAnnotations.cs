namespace XdsCanary.XdsServer.Model;

/// <summary>The annotations and labels that the mesh reads.</summary>
internal static class MeshAnnotations
{
    /// <summary>
    /// On a Service: further host names, joined by commas; <c>*</c> for every host that no other Service claims.
    /// </summary>
    public const string Hosts = "xdscanary.io/hosts";

    /// <summary>On a TrafficSplit or its root Service, with any value: the split is not applied.</summary>
    public const string Skip = "xdscanary.io/skip";

    /// <summary>On a TrafficSplit, as JSON: what the split asks for beyond what SMI can say; see <c>docs/traffic-split.md</c>.</summary>
    public const string Routing = "xdscanary.io/routing";

    /// <summary>The label of an EndpointSlice that names its Service, set by Kubernetes.</summary>
    public const string ServiceName = "kubernetes.io/service-name";
}
