using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>
/// The Services of primary and canary when the target is a Service: copies of it (`spec/flagger.md` 2.5). They have the names that
/// the TrafficSplit's backends have. Pure.
/// </summary>
internal static class ServiceClones
{
    // What a Service gets from the cluster, and what only makes sense with it.
    private static readonly string[] Allocated =
    [
        "clusterIP", "clusterIPs", "healthCheckNodePort", "loadBalancerIP", "loadBalancerClass", "loadBalancerSourceRanges",
        "allocateLoadBalancerNodePorts", "externalTrafficPolicy", "externalIPs",
    ];

    /// <summary>Makes a copy.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="owner">The Canary object.</param>
    /// <param name="role">Primary or canary.</param>
    /// <param name="target">The Service that is copied.</param>
    public static JsonObject Make(CanarySpec spec, CanaryOwner owner, ServiceRole role, JsonObject target)
    {
        var clone = owner.Head("v1", "Service", spec.Key.Namespace, MadeServices.NameOf(spec, role));
        foreach (var name in (ReadOnlySpan<string>)["labels", "annotations"])
        {
            clone.Ensure("metadata")[name] = Fields.MapOf(
                target.TextsAt("metadata", name).Where(entry => MetadataKeys.IsCopied(entry.Key)));
        }

        clone["spec"] = SpecOf(target);
        return clone;
    }

    /// <summary>Makes a copy follow its original.</summary>
    /// <param name="live">The copy as it is.</param>
    /// <param name="wanted">The same as <see cref="Make"/> has it.</param>
    /// <returns>The object to write, with the addresses that it has; null when nothing differs.</returns>
    public static JsonObject? Update(JsonObject live, JsonObject wanted)
    {
        var next = live.Copy();
        foreach (var name in (ReadOnlySpan<string>)["labels", "annotations"])
        {
            var map = next.Ensure("metadata").Ensure(name);
            foreach (var (key, value) in wanted.TextsAt("metadata", name))
            {
                map[key] = value;
            }

            if (map.Count == 0)
            {
                next.Ensure("metadata").Follow(name, live.ObjectAt("metadata"));
            }
        }

        var spec = wanted.ObjectAt("spec")?.Copy() ?? [];
        foreach (var name in Allocated.Where(name => spec[name] is null))
        {
            spec.Follow(name, live.ObjectAt("spec"));
        }

        next["spec"] = spec;
        return CanonicalJson.AreEqual(next, live) ? null : next;
    }

    private static JsonObject SpecOf(JsonObject target)
    {
        var spec = target.ObjectAt("spec")?.Copy() ?? [];
        var isHeadless = spec.TextAt("clusterIP") == "None";
        foreach (var name in Allocated)
        {
            spec.Remove(name);
        }

        if (isHeadless)
        {
            spec["clusterIP"] = "None";
        }

        // Proxies reach the copies inside the cluster; another load balancer and more node ports would only cost something.
        if (spec.TextAt("type") is "NodePort" or "LoadBalancer")
        {
            spec["type"] = "ClusterIP";
        }

        foreach (var port in spec.ItemsAt("ports"))
        {
            port.Remove("nodePort");
        }

        return spec;
    }
}
