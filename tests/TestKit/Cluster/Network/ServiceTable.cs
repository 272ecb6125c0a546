using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace XdsCanary.TestKit.Cluster.Network;

/// <summary>What Services and EndpointSlices mean: which ports lead where, and which names have which address. Pure.</summary>
internal static class ServiceTable
{
    private const string ServiceLabel = "kubernetes.io/service-name";

    /// <summary>
    /// The endpoints of each port of each Service with a cluster address: those that are ready, or when there are none, those that
    /// end but still serve. A port without endpoints is left out: nobody listens there.
    /// </summary>
    public static Dictionary<ServicePort, Endpoint[]> Ports(IEnumerable<JsonObject> services, IEnumerable<JsonObject> slices)
    {
        var table = new Dictionary<ServicePort, Endpoint[]>();
        var slicesOf = slices.ToLookup(Owner);
        foreach (var service in services)
        {
            if (!IPAddress.TryParse(service.Text("spec", "clusterIP"), out var address))
            {
                continue;
            }

            foreach (var port in service.Items("spec", "ports").Where(port => port.Text("protocol") is null or "TCP"))
            {
                var endpoints = EndpointsOf(slicesOf[(service.Namespace(), service.Name())], port.Text("name"));
                if (endpoints.Length > 0)
                {
                    table[new ServicePort(address, port.Number("port") ?? 0)] = endpoints;
                }
            }
        }

        return table;
    }

    /// <summary>The text of a hosts file with every Service's names.</summary>
    /// <param name="services">The Services.</param>
    /// <param name="slices">Their EndpointSlices: a Service without a cluster address goes by its first endpoint.</param>
    /// <param name="bareNamesOf">The namespace whose Services have names without a namespace, too; null for none.</param>
    public static string Hosts(IEnumerable<JsonObject> services, IEnumerable<JsonObject> slices, string? bareNamesOf)
    {
        var slicesOf = slices.ToLookup(Owner);
        var text = new StringBuilder("127.0.0.1 localhost\n");
        foreach (var service in services.OrderBy(service => $"{service.Namespace()}/{service.Name()}", StringComparer.Ordinal))
        {
            var (name, place) = (service.Name(), service.Namespace());
            var address = service.Text("spec", "clusterIP") is { Length: > 0 } given && given != "None"
                ? given
                : slicesOf[(place, name)].SelectMany(slice => slice.Items("endpoints")).FirstOrDefault(IsReady).Text("addresses", "0");
            if (address is not null)
            {
                text.Append(null, $"{address} {name}.{place}.svc.cluster.local {name}.{place}.svc {name}.{place}")
                    .Append(place == bareNamesOf ? $" {name}\n" : "\n");
            }
        }

        return text.ToString();
    }

    private static (string Place, string Name) Owner(JsonObject slice) =>
        (slice.Namespace(), slice.Text("metadata", "labels", ServiceLabel) ?? string.Empty);

    private static Endpoint[] EndpointsOf(IEnumerable<JsonObject> slices, string? portName)
    {
        var all = (
            from slice in slices
            from port in slice.Items("ports")
            where (port.Text("name") ?? string.Empty) == (portName ?? string.Empty)
            from endpoint in slice.Items("endpoints")
            let address = IPAddress.Parse(endpoint.Text("addresses", "0")!)
            select (Object: endpoint, Target: new Endpoint(address, port.Number("port") ?? 0))).ToArray();
        var ready = all.Where(item => IsReady(item.Object)).ToArray();
        var chosen = ready.Length > 0 ? ready : [.. all.Where(item => item.Object.Flag("conditions", "serving"))];
        return [.. chosen.Select(item => item.Target).Distinct().OrderBy(target => target.ToString(), StringComparer.Ordinal)];
    }

    // A condition that is not there is to be taken as true.
    private static bool IsReady(JsonObject endpoint) => endpoint.Text("conditions", "ready") is null or "true";
}
