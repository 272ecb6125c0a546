using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>Where Services lead, by their EndpointSlices. Thread-safe.</summary>
/// <param name="objects">The cluster.</param>
internal sealed class ServiceEndpoints(ClusterObjects objects)
{
    private const string ServiceLabel = "kubernetes.io/service-name";

    /// <summary>True when two Services lead to the same addresses, as two with one selector do once their slices are written.</summary>
    /// <param name="left">A Service.</param>
    /// <param name="right">Another of the same namespace.</param>
    public bool AreSame(NamespacedName left, NamespacedName right)
    {
        var slices = objects.Mesh.Current.Objects.Values
            .Where(item => item.Key is { Kind: "EndpointSlice", Group: "discovery.k8s.io" } && item.Key.Name.Namespace == left.Namespace)
            .ToLookup(item => item.Labels.GetValueOrDefault(ServiceLabel, string.Empty));
        return AddressesOf(slices[left.Name]).SetEquals(AddressesOf(slices[right.Name]));
    }

    private static HashSet<string> AddressesOf(IEnumerable<SourceObject> slices) =>
    [
        .. slices
            .SelectMany(slice => ObjectJson.Of(slice).ItemsAt("endpoints"))
            .SelectMany(endpoint => endpoint.At("addresses") as JsonArray ?? [])
            .Select(address => Fields.Text(address) ?? string.Empty),
    ];
}
