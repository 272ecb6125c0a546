using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>The Services that are made for a Deployment or DaemonSet: apex, primary and canary (`spec/flagger.md` 2.5). Pure.</summary>
internal static class MadeServices
{
    /// <summary>Makes one of them.</summary>
    /// <param name="made">The canary.</param>
    /// <param name="role">Which.</param>
    /// <param name="template">The target's pod template, for <c>portDiscovery</c>.</param>
    public static JsonObject Make(MadeFor made, ServiceRole role, JsonObject? template)
    {
        var wanted = made.Spec.Service;
        var name = NameOf(made.Spec, role);
        var custom = CustomOf(wanted, role);
        var service = made.Owner.Head("v1", "Service", made.Namespace, name);
        var metadata = service.Ensure("metadata");
        metadata["labels"] = Fields.MapOf(Entries(custom.Labels).Append(KeyValuePair.Create(made.Selector.Key, name)));
        metadata["annotations"] = Fields.MapOf(Entries(custom.Annotations).Concat(MetadataKeys.ToolkitOff));
        var spec = new JsonObject
        {
            ["type"] = "ClusterIP",
            ["selector"] = role == ServiceRole.Canary ? made.Selector.OfCanary() : made.Selector.OfPrimary(),
            ["ports"] = ServicePorts.Of(wanted, template),
        };
        if (wanted.Headless)
        {
            spec["clusterIP"] = "None";
        }

        if (wanted.TrafficDistribution.Length > 0)
        {
            spec["trafficDistribution"] = wanted.TrafficDistribution;
        }

        service["spec"] = spec;
        return service;
    }

    /// <summary>The name of one of them.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="role">Which.</param>
    public static string NameOf(CanarySpec spec, ServiceRole role) => role switch
    {
        ServiceRole.Primary => spec.Primary.Name,
        ServiceRole.Canary => spec.Canary.Name,
        _ => spec.Apex.Name,
    };

    private static CustomMetadata CustomOf(CanaryService service, ServiceRole role) => role switch
    {
        ServiceRole.Primary => service.PrimaryMetadata,
        ServiceRole.Canary => service.CanaryMetadata,
        _ => service.ApexMetadata,
    };

    private static IEnumerable<KeyValuePair<string, string>> Entries(EquatableArray<TemplateVariable> variables) =>
        variables.Select(variable => KeyValuePair.Create(variable.Name, variable.Value));
}
