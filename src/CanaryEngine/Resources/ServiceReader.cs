using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads <c>spec.service</c>.</summary>
internal static class ServiceReader
{
    // What Flagger hands to routers of other kinds.
    private static readonly string[] OfOtherRouters =
    [
        "gateways", "gatewayRefs", "match", "rewrite", "retries", "timeout", "backendTimeout", "headers", "mirror", "corsPolicy",
        "trafficPolicy", "delegation", "meshName", "backends",
    ];

    // What Flagger writes into the Services that it makes.
    private static readonly string[] OfMadeServices =
        ["trafficDistribution", "portDiscovery", "headless", "apex", "primary", "canary", "unmanagedMetadata"];

    private static readonly string[] Distributions = ["PreferClose", "PreferSameZone", "PreferSameNode"];

    /// <summary>Reads the service.</summary>
    /// <param name="field">The field.</param>
    /// <param name="target">The target, whose name is the service's when none is given.</param>
    /// <param name="findings">Collects faults and notes.</param>
    public static CanaryService Read(NodeReader field, CanaryTarget target, Findings findings)
    {
        FieldNames.ReportUnknown(
            field,
            ["name", "port", "portName", "targetPort", "appProtocol", "hosts", .. OfOtherRouters, .. OfMadeServices]);
        foreach (var name in OfOtherRouters)
        {
            findings.NoteUnused(field.Field(name), "it is for routers of other kinds");
        }

        var service = new CanaryService
        {
            Name = ReadName(field.Field("name"), target, findings),
            Hosts = ReadHosts(field.Field("hosts")),
            Port = ReadPort(field.Field("port"), target),
            PortName = ReadPortName(field.Field("portName")),
            TargetPort = ReadTargetPort(field.Field("targetPort")),
            AppProtocol = field.Field("appProtocol").Text() ?? string.Empty,
        };
        return WithMade(service, field, target, findings);
    }

    private static CanaryService WithMade(CanaryService service, NodeReader field, CanaryTarget target, Findings findings)
    {
        if (findings.Options.Standalone || target.Kind == TargetKind.Service)
        {
            foreach (var name in OfMadeServices)
            {
                findings.NoteUnused(field.Field(name), "the services are copies of the target");
            }

            return service;
        }

        return service with
        {
            PortDiscovery = field.Field("portDiscovery").Boolean() ?? false,
            Headless = field.Field("headless").Boolean() ?? false,
            TrafficDistribution = ReadDistribution(field.Field("trafficDistribution")),
            ApexMetadata = MetadataReader.Read(field.Field("apex")),
            PrimaryMetadata = MetadataReader.Read(field.Field("primary")),
            CanaryMetadata = MetadataReader.Read(field.Field("canary")),
            UnmanagedMetadata = MetadataReader.ReadUnmanaged(field.Field("unmanagedMetadata")),
        };
    }

    private static string ReadDistribution(NodeReader field)
    {
        var text = field.Text();
        if (string.IsNullOrEmpty(text))
        {
            return string.Empty;
        }

        if (!Distributions.Contains(text))
        {
            field.ReportUnknownWord(Distributions);
        }

        return text;
    }

    private static string ReadName(NodeReader field, CanaryTarget target, Findings findings)
    {
        var written = field.Text();
        var name = string.IsNullOrEmpty(written) ? target.Name : written;
        if (name.Length > 0)
        {
            var place = string.IsNullOrEmpty(written) ? findings.Root.Field("spec").Field("targetRef").Field("name") : field;
            NameForms.CheckServiceName(place, name);
        }

        return name;
    }

    private static EquatableArray<string> ReadHosts(NodeReader field) => field.Items()
        .Select(item => item.RequiredText("Write a host name, or remove the item") ?? string.Empty)
        .ToEquatableArray();

    private static int ReadPort(NodeReader field, CanaryTarget target)
    {
        if (!field.Exists && target.Kind != TargetKind.Service)
        {
            field.Report("is missing", "Write the port that clients call");
        }

        return field.Whole(1, 65535) ?? 0;
    }

    private static string ReadPortName(NodeReader field)
    {
        var name = field.Text();
        if (string.IsNullOrEmpty(name))
        {
            return "http";
        }

        if (!NameForms.IsPortName(name))
        {
            field.Report($"must be a port's name, not {field.Shown()}", "Use at most 15 of a-z, 0-9 and '-', such as http or grpc");
        }

        return name;
    }

    private static string ReadTargetPort(NodeReader field)
    {
        var text = field.Text();

        // Go clients write a port that is not set as 0.
        if (string.IsNullOrEmpty(text) || text == "0")
        {
            return string.Empty;
        }

        var isPort = int.TryParse(text, out var number) ? number is > 0 and <= 65535 : NameForms.IsPortName(text);
        if (!isPort)
        {
            field.Report($"must be a port's number or name, not {field.Shown()}", "Write 1 to 65535, or the name of a container's port");
        }

        return text;
    }
}
