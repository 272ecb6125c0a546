using System.Collections.Immutable;
using System.Net;
using System.Net.NetworkInformation;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Peers;

/// <summary>The other replicas, as the EndpointSlices of their headless Service name them. Thread-safe.</summary>
/// <param name="slices">The EndpointSlices of the Service.</param>
/// <param name="own">The addresses of this replica.</param>
internal sealed class PeerDirectory(IObjectSource slices, ImmutableHashSet<string> own)
{
    private const string AdminPort = "admin";

    private Known _known = new(ObjectSet.Empty, []);

    /// <summary>The addresses of the other replicas' admin ports, sorted.</summary>
    public ImmutableArray<Uri> Peers
    {
        get
        {
            var objects = slices.Current;
            var known = Volatile.Read(ref _known);
            if (!ReferenceEquals(known.Objects, objects))
            {
                known = new Known(objects, Read(objects));
                Volatile.Write(ref _known, known);
            }

            return known.Peers;
        }
    }

    /// <summary>The addresses of this machine.</summary>
    public static ImmutableHashSet<string> OwnAddresses() =>
    [
        .. NetworkInterface.GetAllNetworkInterfaces()
            .SelectMany(network => network.GetIPProperties().UnicastAddresses)
            .Select(address => address.Address.ToString()),
    ];

    private ImmutableArray<Uri> Read(ObjectSet objects) =>
    [
        .. objects.Objects.Values
            .SelectMany(slice => Addresses(slice).Select(address => (Address: address, Port: PortOf(slice))))
            .Where(found => found.Port is not null && !own.Contains(found.Address) && IPAddress.TryParse(found.Address, out _))
            .Select(found => new UriBuilder(Uri.UriSchemeHttp, found.Address, found.Port!.Value).Uri)
            .Distinct()
            .OrderBy(uri => uri.ToString(), StringComparer.Ordinal),
    ];

    private static IEnumerable<string> Addresses(SourceObject slice) =>
        from endpoint in (slice.Root.Find("endpoints") as SequenceNode)?.Items.OfType<MappingNode>() ?? []
        from address in (endpoint.Find("addresses") as SequenceNode)?.Items.OfType<ScalarNode>().Take(1) ?? []
        select address.Text;

    private static int? PortOf(SourceObject slice)
    {
        var ports = (slice.Root.Find("ports") as SequenceNode)?.Items.OfType<MappingNode>().ToArray() ?? [];
        var port = Array.Find(ports, item => item.Find("name") is ScalarNode { Text: AdminPort }) ?? ports.FirstOrDefault();
        return port?.Find("port") is ScalarNode number && int.TryParse(number.Text, out var value) ? value : null;
    }

    private sealed record Known(ObjectSet Objects, ImmutableArray<Uri> Peers);
}
