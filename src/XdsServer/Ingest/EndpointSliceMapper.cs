using System.Net;
using System.Net.Sockets;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>Reads EndpointSlice objects (Kubernetes API, discovery.k8s.io).</summary>
internal static class EndpointSliceMapper
{
    private const string AddressFix = "Write an address of the slice's addressType";

    /// <summary>Reads an object.</summary>
    /// <param name="source">The object.</param>
    /// <returns>An <see cref="EndpointSliceValue"/>, or all faults.</returns>
    public static Decoded Map(SourceObject source)
    {
        var faults = new ObjectFaults(source);
        NameRules.CheckMetadata(faults.Root, NameRules.IsSubdomain);
        FieldNames.ReportMisspelt(faults.Root, "addressType", "endpoints", "ports");
        var label = ReadService(faults.Root);
        var type = faults.Root.Field("addressType");
        var addressType = type.RequiredText("Write IPv4 or IPv6");
        if (addressType is not (null or "IPv4" or "IPv6" or "FQDN"))
        {
            type.Report($"must be IPv4 or IPv6, not {type.Shown()}", "Write IPv4 or IPv6");
        }

        var family = addressType switch
        {
            "IPv4" => AddressFamily.InterNetwork,
            "IPv6" => AddressFamily.InterNetworkV6,
            _ => (AddressFamily?)null,
        };
        var ports = ReadPorts(faults.Root.Field("ports"));
        var endpoints = family is null
            ? []
            : faults.Root.Field("endpoints").Items().Select(item => ReadEndpoint(item, family.Value)).ToEquatableArray();
        return faults.Finish(() => new EndpointSliceValue
        {
            Name = source.Key.Name,
            Service = new NamespacedName(source.Key.Name.Namespace, label.Text),
            Label = label,
            AddressType = new PlacedText(addressType!, type.Path, type.Position.Line),
            Ports = ports,
            Endpoints = endpoints,
        });
    }

    private static PlacedText ReadService(NodeReader root)
    {
        var label = root.Field("metadata").Field("labels").Field(MeshAnnotations.ServiceName);
        var name = label.RequiredText($"Label the slice with its Service: {MeshAnnotations.ServiceName}: NAME");
        return new PlacedText(name ?? string.Empty, label.Path, label.Position.Line);
    }

    // A port without a number stands for all ports, which no cluster can express.
    private static EquatableArray<SlicePort> ReadPorts(NodeReader field)
    {
        var ports = new List<SlicePort>();
        foreach (var item in field.Items())
        {
            var name = item.Field("name");
            if (item.Field("port").Integer(1, 65535) is { } number)
            {
                ports.Add(new SlicePort(new PlacedText(name.Text() ?? string.Empty, name.Path, name.Position.Line), (int)number));
            }
        }

        return ports.ToEquatableArray();
    }

    // The items of "addresses" are interchangeable; the API says to use the first.
    private static SliceEndpoint ReadEndpoint(NodeReader item, AddressFamily family)
    {
        var list = item.Field("addresses");
        var addresses = list.Items();
        if (addresses.Count == 0)
        {
            list.Report(list.Exists ? "is empty" : "is missing", AddressFix);
        }

        var canonical = string.Empty;
        for (var i = 0; i < addresses.Count; i++)
        {
            var text = addresses[i].Text();
            if (text is null || !IsAddress(text, family, out var address))
            {
                var wanted = family == AddressFamily.InterNetwork ? "an IPv4 address" : "an IPv6 address";
                addresses[i].Report($"must be {wanted}, not {addresses[i].Shown()}", AddressFix);
            }
            else if (i == 0)
            {
                canonical = address;
            }
        }

        var conditions = item.Field("conditions");
        var ready = conditions.Field("ready").Boolean() ?? true;
        return new SliceEndpoint(
            canonical,
            ready,
            conditions.Field("serving").Boolean() ?? ready,
            conditions.Field("terminating").Boolean() ?? false,
            item.Field("zone").Text() ?? string.Empty);
    }

    // The parser takes short forms such as "1" and "10.1"; those are mistakes here.
    private static bool IsAddress(string text, AddressFamily family, out string canonical)
    {
        var isAddress = IPAddress.TryParse(text, out var address)
            && address.AddressFamily == family
            && address.ScopeIdOrZero() == 0;
        canonical = isAddress ? address!.ToString() : string.Empty;
        return isAddress && (family == AddressFamily.InterNetworkV6 || canonical == text);
    }

    private static long ScopeIdOrZero(this IPAddress address) =>
        address.AddressFamily == AddressFamily.InterNetworkV6 ? address.ScopeId : 0;
}
