using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>Puts a Service right that differs from how it is made (`spec/flagger.md` 2.5). Pure.</summary>
internal static class ServiceDrift
{
    private static readonly string[] PortFields = ["name", "port", "protocol", "targetPort", "appProtocol"];

    /// <summary>Compares a Service with how it is made.</summary>
    /// <param name="live">The Service as it is.</param>
    /// <param name="wanted">The same as <see cref="MadeServices.Make"/> has it.</param>
    /// <param name="owner">Whose it is.</param>
    /// <param name="unmanaged">Keys of labels and annotations that stay as they are.</param>
    /// <returns>
    /// What to write; null when nothing differs. The canary's own: the whole object, an update of the live one, with ports,
    /// selector, labels and annotations as wanted, and node ports, addresses and fields of others as they are. Somebody's: a body
    /// for server-side apply with ports, selector and the annotations that keep Flux away, nothing else.
    /// </returns>
    /// <exception cref="WorkloadException">It is another canary's, or the ports cannot be put beside those that it has.</exception>
    public static JsonObject? Reconcile(JsonObject live, JsonObject wanted, OwnerKind owner, UnmanagedMetadata unmanaged) =>
        owner switch
        {
            OwnerKind.ThisCanary => Update(live, wanted, unmanaged),
            OwnerKind.Somebody => Apply(live, wanted),
            _ => throw new WorkloadException(
                $"service {Fields.Name(live)} belongs to another canary; name another one in spec.service.name"),
        };

    private static JsonObject? Update(JsonObject live, JsonObject wanted, UnmanagedMetadata unmanaged)
    {
        var next = live.Copy();
        var spec = next.Ensure("spec");
        if (!HasPorts(live, wanted, exactly: true))
        {
            spec["ports"] = WithNodePorts(live, wanted);
        }

        spec.Follow("selector", wanted.ObjectAt("spec"));
        if (wanted.At("spec", "trafficDistribution") is not null)
        {
            spec.Follow("trafficDistribution", wanted.ObjectAt("spec"));
        }

        SetMetadata(next, wanted, "labels", unmanaged.Labels);
        SetMetadata(next, wanted, "annotations", unmanaged.Annotations);
        return CanonicalJson.AreEqual(next, live) ? null : next;
    }

    private static void SetMetadata(JsonObject next, JsonObject wanted, string name, EquatableArray<string> unmanaged)
    {
        var kept = next.TextsAt("metadata", name).Where(entry => unmanaged.Contains(entry.Key));
        var managed = wanted.TextsAt("metadata", name)
            .Where(entry => !unmanaged.Contains(entry.Key) || next.At("metadata", name, entry.Key) is null);
        next.Ensure("metadata")[name] = Fields.MapOf(managed.Concat(kept));
    }

    private static JsonObject? Apply(JsonObject live, JsonObject wanted)
    {
        var hasSelector = CanonicalJson.AreEqual(live.At("spec", "selector"), wanted.At("spec", "selector"));
        var hasMarks = MetadataKeys.ToolkitOff.All(mark => live.TextAt("metadata", "annotations", mark.Key) == mark.Value);
        if (hasSelector && hasMarks && HasPorts(live, wanted, exactly: false))
        {
            return null;
        }

        CheckNames(live, wanted);
        return new JsonObject
        {
            ["apiVersion"] = "v1",
            ["kind"] = "Service",
            ["metadata"] = new JsonObject
            {
                ["name"] = wanted.TextAt("metadata", "name"),
                ["namespace"] = wanted.TextAt("metadata", "namespace"),
                ["annotations"] = Fields.MapOf(MetadataKeys.ToolkitOff),
            },
            ["spec"] = new JsonObject
            {
                ["ports"] = wanted.At("spec", "ports")?.DeepClone(),
                ["selector"] = wanted.At("spec", "selector")?.DeepClone(),
            },
        };
    }

    // Applied ports are told by number and protocol: one of the same name and another number would be there twice.
    private static void CheckNames(JsonObject live, JsonObject wanted)
    {
        foreach (var port in wanted.ItemsAt("spec", "ports"))
        {
            var other = live.ItemsAt("spec", "ports").FirstOrDefault(found =>
                found.TextAt("name") == port.TextAt("name") && found.NumberAt("port") != port.NumberAt("port"));
            if (other is not null)
            {
                throw new WorkloadException(
                    $"service {Fields.Name(live)} has port {other.NumberAt("port")} under the name '{port.TextAt("name")}', the canary "
                    + $"has {port.NumberAt("port")}; write the same number or another portName into spec.service");
            }
        }
    }

    // Exactly: these ports and no others. Otherwise ports that have what is wanted of them, whatever else somebody says of them; what
    // the canary said once and says no longer cannot be told from that, and goes with the next write for another reason.
    private static bool HasPorts(JsonObject live, JsonObject wanted, bool exactly)
    {
        var (there, needed) = (live.ItemsAt("spec", "ports").ToList(), wanted.ItemsAt("spec", "ports").ToList());
        return (!exactly || there.Count == needed.Count) && needed.All(port => there.Any(found => PortFields.All(field =>
            (!exactly && port.At(field) is null) || CanonicalJson.AreEqual(found.At(field), port.At(field)))));
    }

    private static JsonArray WithNodePorts(JsonObject live, JsonObject wanted) => new([.. wanted.ItemsAt("spec", "ports").Select(port =>
    {
        var copy = port.Copy();
        var name = port.TextAt("name");
        copy.Follow("nodePort", live.ItemsAt("spec", "ports").FirstOrDefault(found => found.TextAt("name") == name));
        return copy;
    })]);
}
