using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>An HTTPRouteGroup as written.</summary>
/// <param name="Name">The object's namespace and name.</param>
/// <param name="Matches">The matches in the order written; their path expressions are not yet anchored.</param>
internal sealed record HttpRouteGroupValue(NamespacedName Name, EquatableArray<RouteMatch> Matches) : DecodedValue;
