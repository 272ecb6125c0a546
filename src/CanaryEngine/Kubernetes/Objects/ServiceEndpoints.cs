using System.Text.Json.Nodes;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>
/// Whether a workload's pods can be reached. A pod is available a moment before it is an endpoint of its Service, and long before
/// where the controller that makes EndpointSlices is late: traffic that is sent there meanwhile is answered 503. Pure.
/// </summary>
internal static class ServiceEndpoints
{
    /// <summary>The label by which an EndpointSlice names its Service.</summary>
    public const string ServiceLabel = "kubernetes.io/service-name";

    /// <summary>Tells whether a workload has pods that its Service does not lead to yet.</summary>
    /// <param name="workload">The Deployment or DaemonSet.</param>
    /// <param name="slices">The EndpointSlices of its Service.</param>
    public static bool AreAwaited(JsonObject workload, IEnumerable<JsonObject> slices) =>
        (workload.NumberAt("status", "availableReplicas") ?? workload.NumberAt("status", "numberAvailable") ?? 0) > 0
        && !slices.SelectMany(slice => slice.ItemsAt("endpoints")).Any(IsReady);

    /// <summary>Tells whether two Services lead to the same addresses, as two with one selector do once their slices are written.</summary>
    /// <param name="left">The EndpointSlices of one.</param>
    /// <param name="right">Those of the other.</param>
    public static bool AreSame(IEnumerable<JsonObject> left, IEnumerable<JsonObject> right) =>
        AddressesOf(left).SetEquals(AddressesOf(right));

    private static HashSet<string> AddressesOf(IEnumerable<JsonObject> slices) =>
    [
        .. slices
            .SelectMany(slice => slice.ItemsAt("endpoints"))
            .SelectMany(endpoint => endpoint.At("addresses") as JsonArray ?? [])
            .Select(address => Fields.Text(address) ?? string.Empty),
    ];

    // A condition that is not there is to be taken as true.
    private static bool IsReady(JsonObject endpoint) =>
        endpoint.At("conditions", "ready") is null || endpoint.IsTrueAt("conditions", "ready");
}
