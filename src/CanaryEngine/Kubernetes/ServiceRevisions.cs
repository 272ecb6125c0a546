using XdsCanary.CanaryEngine.Core;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.CanaryEngine.Ports;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>Revisions of Services that are targets themselves. Pure over the objects that are known.</summary>
internal static class ServiceRevisions
{
    /// <summary>The revision of a Service: a hash of what its copies have of it, and of the annotation that names it.</summary>
    /// <param name="spec">The canary.</param>
    /// <param name="service">The Service.</param>
    public static string Of(CanarySpec spec, SourceObject service)
    {
        var clone = ServiceClones.Make(spec, new CanaryOwner(string.Empty, string.Empty), ServiceRole.Canary, ObjectJson.Of(service));
        var name = service.Annotations.GetValueOrDefault(MetadataKeys.Revision, string.Empty);
        return CanonicalJson.Hash($"{CanonicalJson.Text(clone["spec"])}\n{name}");
    }

    /// <summary>The target's revision, and whether the primary is a copy of it.</summary>
    /// <param name="objects">The cluster.</param>
    /// <param name="spec">The canary.</param>
    /// <exception cref="WorkloadException">There is no such Service.</exception>
    public static (string Target, bool IsCarried) Of(ClusterObjects objects, CanarySpec spec)
    {
        if (objects.Find(ClusterKinds.Services, TargetViews.NameOf(spec)) is not { } target)
        {
            throw new WorkloadException($"service {spec.Target.Name}.{spec.Key.Namespace} get query error: there is no such service");
        }

        var primary = objects.Find(ClusterKinds.Services, spec.Primary);
        return (Of(spec, target), primary is not null && IsCopy(spec, primary, target));
    }

    private static bool IsCopy(CanarySpec spec, SourceObject primary, SourceObject target)
    {
        var owner = new CanaryOwner(string.Empty, string.Empty);
        return CanonicalJson.AreEqual(
            ServiceClones.Make(spec, owner, ServiceRole.Primary, ObjectJson.Of(primary))["spec"],
            ServiceClones.Make(spec, owner, ServiceRole.Primary, ObjectJson.Of(target))["spec"]);
    }
}
