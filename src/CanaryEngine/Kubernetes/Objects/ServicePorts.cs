using System.Globalization;
using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>The ports of the Services that are made for a canary (`spec/flagger.md` 2.5). Pure.</summary>
internal static class ServicePorts
{
    private const int LongestName = 63;
    private const string Tcp = "TCP";

    // Containers that a mesh puts in; their ports are not the application's.
    private static readonly string[] Sidecars = ["istio-proxy", "envoy"];

    /// <summary>The ports: the canary's own, and with <c>portDiscovery</c> those of the target's containers.</summary>
    /// <param name="service">What the canary says.</param>
    /// <param name="template">The target's pod template.</param>
    public static JsonArray Of(CanaryService service, JsonObject? template)
    {
        var ports = new List<JsonObject> { Main(service) };
        foreach (var container in service.PortDiscovery ? template.ItemsAt("spec", "containers") : [])
        {
            if (!Sidecars.Contains(container.TextAt("name")))
            {
                Discover(service, container, ports);
            }
        }

        return new JsonArray([.. ports]);
    }

    private static JsonObject Main(CanaryService service)
    {
        var target = service.TargetPort.Length == 0 ? service.Port.ToString(CultureInfo.InvariantCulture) : service.TargetPort;
        var port = new JsonObject
        {
            ["name"] = service.PortName,
            ["port"] = service.Port,
            ["protocol"] = Tcp,
            ["targetPort"] = int.TryParse(target, CultureInfo.InvariantCulture, out var number) ? number : target,
        };
        if (service.AppProtocol.Length > 0)
        {
            port["appProtocol"] = service.AppProtocol;
        }

        return port;
    }

    private static void Discover(CanaryService service, JsonObject container, List<JsonObject> ports)
    {
        foreach (var (index, found) in container.ItemsAt("ports").Index())
        {
            var protocol = found.TextAt("protocol") is { Length: > 0 } written ? written : Tcp;
            if (found.NumberAt("containerPort") is not { } number || IsMain(service, found, number))
            {
                continue;
            }

            // The API server takes each number and each name once, and the canary's own port comes first.
            if (ports.Exists(port => port.NumberAt("port") == number && port.TextAt("protocol") == protocol))
            {
                continue;
            }

            var name = found.TextAt("name");
            if (name.Length == 0 || ports.Exists(port => port.TextAt("name") == name))
            {
                name = MadeName(container.TextAt("name"), protocol, index);
            }

            ports.Add(new JsonObject { ["name"] = name, ["port"] = number, ["protocol"] = protocol, ["targetPort"] = number });
        }
    }

    private static bool IsMain(CanaryService service, JsonObject port, long number) => service.TargetPort.Length == 0
        ? number == service.Port
        : service.TargetPort == number.ToString(CultureInfo.InvariantCulture) || service.TargetPort == port.TextAt("name");

    private static string MadeName(string container, string protocol, int index)
    {
        var (start, end) = ($"{protocol.ToLowerInvariant()}-", $"-{index}");
        var room = LongestName - start.Length - end.Length;
        return start + (container.Length > room ? container[..room] : container) + end;
    }
}
