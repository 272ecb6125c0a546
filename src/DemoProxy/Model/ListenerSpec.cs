using System.Net;

namespace XdsCanary.DemoProxy.Model;

/// <summary>A listener as its resource describes it.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Address">Where to listen; port 0 for a free one.</param>
/// <param name="StatPrefix">The HTTP connection manager's prefix in statistics.</param>
/// <param name="RouteName">The name to ask routes by; null when the listener brings its routes along.</param>
/// <param name="InlineRoutes">The routes that the listener brings along.</param>
/// <param name="IgnorePort">Whether the port of the authority is left out when virtual hosts are searched.</param>
internal sealed record ListenerSpec(
    string Name, IPEndPoint Address, string StatPrefix, string? RouteName, RouteTable? InlineRoutes, bool IgnorePort);
