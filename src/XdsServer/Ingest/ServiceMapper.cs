using System.Net;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>Reads Service objects (Kubernetes API, core/v1).</summary>
internal static class ServiceMapper
{
    /// <summary>Reads an object.</summary>
    /// <param name="source">The object.</param>
    /// <returns>A <see cref="ServiceValue"/>, or all faults.</returns>
    public static Decoded Map(SourceObject source)
    {
        var faults = new ObjectFaults(source);
        NameRules.CheckMetadata(faults.Root, NameRules.IsLabel);
        var spec = faults.Root.Field("spec");
        FieldNames.ReportMisspelt(spec, "ports");
        var isExternal = spec.Field("type").Text() == "ExternalName";
        var externalName = isExternal ? ReadExternalName(spec.Field("externalName")) : null;
        var ports = ReadPorts(spec, isExternal);
        var addresses = ReadAddresses(spec);
        var hosts = ReadHosts(source, faults.Root);
        return faults.Finish(() => new ServiceValue(
            new Service
            {
                Name = source.Key.Name,
                Ports = ports,
                ExternalName = externalName,
                ClusterAddresses = addresses,
                Hosts = hosts,
            },
            source.Annotations.ContainsKey(MeshAnnotations.Skip)));
    }

    private static string? ReadExternalName(NodeReader field)
    {
        var name = field.RequiredText("Write the DNS name that the Service stands for")?.TrimEnd('.').ToLowerInvariant();
        if (name is not null && !NameRules.IsSubdomain(name) && !IPAddress.TryParse(name, out _))
        {
            field.Report($"must be a DNS name, not {field.Shown()}", "Write a name such as api.example.com");
        }

        return name;
    }

    private static EquatableArray<ServicePort> ReadPorts(NodeReader spec, bool isExternal)
    {
        var field = spec.Field("ports");
        var items = field.Items();
        if (items.Count == 0 && !isExternal && spec.Field("clusterIP").Text() != "None")
        {
            field.Report(field.Exists ? "is empty" : "is missing", "List at least one port: '- port: 80'");
        }

        var ports = new List<ServicePort>();
        var names = new HashSet<string>(StringComparer.Ordinal);
        foreach (var item in items)
        {
            var name = item.Field("name").Text() ?? string.Empty;
            if (name.Length == 0 && items.Count > 1)
            {
                item.Field("name").Report("is missing", "Name each port when there are several");
            }
            else if (!names.Add(name))
            {
                item.Field("name").Report($"is used twice: '{name}'", "Give each port a name of its own");
            }

            AddPort(item, name, ports);
        }

        return ports.ToEquatableArray();
    }

    // One number may stand for TCP and UDP at once. A cluster has one protocol, so the byte stream is the one kept.
    private static void AddPort(NodeReader item, string name, List<ServicePort> ports)
    {
        var number = item.Field("port");
        if (!number.Exists)
        {
            number.Report("is missing", "Write the port's number, 1 to 65535");
            return;
        }

        var transport = item.Field("protocol").Text() ?? "TCP";
        if (transport is not ("TCP" or "UDP" or "SCTP"))
        {
            item.Field("protocol").Report($"must be TCP, UDP or SCTP, not '{transport}'", "Write TCP, or leave the field out");
            return;
        }

        if (number.Integer(1, 65535) is not { } value || transport == "SCTP")
        {
            return;
        }

        var port = new ServicePort((int)value, name, PortProtocols.Choose(transport, item.Field("appProtocol").Text(), name));
        var index = ports.FindIndex(other => other.Number == port.Number);
        if (index < 0)
        {
            ports.Add(port);
        }
        else if (ports[index].Protocol == PortProtocol.Udp == (port.Protocol == PortProtocol.Udp))
        {
            number.Report($"is listed twice: {port.Number}", "Remove one of the two");
        }
        else if (ports[index].Protocol == PortProtocol.Udp)
        {
            ports[index] = port;
        }
    }

    private static EquatableArray<string> ReadAddresses(NodeReader spec)
    {
        var several = spec.Field("clusterIPs").Items();
        var fields = several.Count > 0 ? several : [spec.Field("clusterIP")];
        var addresses = new List<string>();
        foreach (var field in fields)
        {
            if (field.Text() is not { Length: > 0 } text || text == "None")
            {
                continue;
            }

            if (IPAddress.TryParse(text, out var address))
            {
                addresses.Add(address.ToString());
            }
            else
            {
                field.Report(
                    $"must be an IP address or None, not {field.Shown()}", "Write an address such as 10.0.0.1, or leave it out");
            }
        }

        return addresses.Distinct().ToEquatableArray();
    }

    private static EquatableArray<string> ReadHosts(SourceObject source, NodeReader root)
    {
        var hosts = new SortedSet<string>(StringComparer.Ordinal);
        const StringSplitOptions Clean = StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries;
        foreach (var host in (source.Annotations.GetValueOrDefault(MeshAnnotations.Hosts) ?? string.Empty).Split(',', Clean))
        {
            if (NameRules.IsHost(host))
            {
                hosts.Add(host.ToLowerInvariant());
            }
            else
            {
                root.Field("metadata").Field("annotations").Field(MeshAnnotations.Hosts).Report(
                    $"has '{host}', which is no host name", "Write names such as app.example.com, *.example.com or *");
            }
        }

        return hosts.ToEquatableArray();
    }
}
