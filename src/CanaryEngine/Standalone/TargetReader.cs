using System.IO.Hashing;
using System.Text;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Standalone;

/// <summary>
/// Reads a Service target. A changed Service, a changed set of endpoints or a changed annotation
/// <c>xdscanary.io/revision</c> is a new revision; an endpoint that becomes ready is not. Pure.
/// </summary>
internal static class TargetReader
{
    /// <summary>Names a revision when the endpoints stay the same.</summary>
    public const string RevisionAnnotation = "xdscanary.io/revision";

    /// <summary>The label of an EndpointSlice that names its Service.</summary>
    public const string ServiceLabel = "kubernetes.io/service-name";

    // What an EndpointSlice says of endpoints; the rest is identity and metadata.
    private static readonly string[] SliceFields = ["addressType", "endpoints", "ports"];

    /// <summary>Reads a target.</summary>
    /// <param name="service">The Service.</param>
    /// <param name="slices">Its EndpointSlices, in any order.</param>
    public static TargetSnapshot Read(SourceObject service, IReadOnlyList<SourceObject> slices)
    {
        var spec = service.Root.Find("spec") as MappingNode ?? new MappingNode([], default);
        var ordered = slices.OrderBy(slice => slice.Key.Name).ToList();
        var endpoints = ordered.SelectMany(EndpointsOf).ToList();
        var specText = NodeJson.Canonical(spec);
        var identity = new StringBuilder(specText).Append('\n');
        identity.Append(service.Annotations.GetValueOrDefault(RevisionAnnotation)).Append('\n');
        foreach (var line in ordered.SelectMany(Lines).Order(StringComparer.Ordinal))
        {
            identity.Append(line).Append('\n');
        }

        var hash = XxHash128.Hash(Encoding.UTF8.GetBytes(identity.ToString()));
        return new TargetSnapshot(
            Convert.ToHexStringLower(hash)[..16],
            specText,
            ordered.Select(slice => NodeJson.Canonical(Only(slice.Root))).ToEquatableArray(),
            endpoints.Count,
            endpoints.Count(IsReady));
    }

    private static MappingNode Only(MappingNode root) =>
        root with { Entries = [.. root.Entries.Where(entry => SliceFields.Contains(entry.Key))] };

    // One line per address, with the ports that it answers on: how they are spread over slices does not matter.
    private static IEnumerable<string> Lines(SourceObject slice)
    {
        var ports = slice.Root.Find("ports") is { } known ? NodeJson.Canonical(known) : string.Empty;
        return EndpointsOf(slice).Select(endpoint => endpoint.Find("addresses") is { } addresses
            ? $"{NodeJson.Canonical(addresses)} {ports}"
            : ports);
    }

    private static IEnumerable<MappingNode> EndpointsOf(SourceObject slice) =>
        (slice.Root.Find("endpoints") as SequenceNode)?.Items.OfType<MappingNode>() ?? [];

    private static bool IsReady(MappingNode endpoint) =>
        (endpoint.Find("conditions") as MappingNode)?.Find("ready") is not ScalarNode { Text: "false" };
}
