namespace XdsCanary.TestKit.Model;

/// <summary>
/// The type URLs of the xDS protocol, spelled out a second time: the tests do not take them from what they test.
/// </summary>
public static class TypeUrls
{
    public const string Cluster = "type.googleapis.com/envoy.config.cluster.v3.Cluster";
    public const string Endpoint = "type.googleapis.com/envoy.config.endpoint.v3.ClusterLoadAssignment";
    public const string Listener = "type.googleapis.com/envoy.config.listener.v3.Listener";
    public const string Route = "type.googleapis.com/envoy.config.route.v3.RouteConfiguration";
    public const string ScopedRoute = "type.googleapis.com/envoy.config.route.v3.ScopedRouteConfiguration";
    public const string VirtualHost = "type.googleapis.com/envoy.config.route.v3.VirtualHost";
    public const string Secret = "type.googleapis.com/envoy.extensions.transport_sockets.tls.v3.Secret";
    public const string Runtime = "type.googleapis.com/envoy.service.runtime.v3.Runtime";
    public const string ExtensionConfig = "type.googleapis.com/envoy.config.core.v3.TypedExtensionConfig";
    public const string Wrapper = "type.googleapis.com/envoy.service.discovery.v3.Resource";

    /// <summary>In the state-of-the-world variant a response of these replaces everything held.</summary>
    public static bool IsFullState(string typeUrl) => typeUrl is Cluster or Listener;
}
