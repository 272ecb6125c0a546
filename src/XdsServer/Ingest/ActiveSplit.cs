using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>A split whose root and route groups were found.</summary>
/// <param name="Key">The object's key.</param>
/// <param name="Value">The split as written.</param>
/// <param name="Root">The service that it is for.</param>
/// <param name="Matches">The requests that it is for, as written; null for all.</param>
internal sealed record ActiveSplit(ObjectKey Key, TrafficSplitValue Value, Service Root, EquatableArray<RouteMatch>? Matches);
