namespace XdsCanary.DemoProxy.Xds;

/// <summary>The type URLs of the resources that this client asks for.</summary>
internal static class XdsTypes
{
    /// <summary>Listeners (LDS).</summary>
    public const string Listener = "type.googleapis.com/envoy.config.listener.v3.Listener";

    /// <summary>Route configurations (RDS).</summary>
    public const string Route = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";

    /// <summary>Clusters (CDS).</summary>
    public const string Cluster = "type.googleapis.com/envoy.config.cluster.v3.Cluster";

    /// <summary>Endpoints (EDS).</summary>
    public const string Endpoint = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
}
