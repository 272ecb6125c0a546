using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Resources;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>Whose a Service is, by its controller.</summary>
internal enum ServiceOwner
{
    /// <summary>This canary's.</summary>
    ThisCanary,

    /// <summary>Another canary's.</summary>
    OtherCanary,

    /// <summary>Nobody's that is a canary.</summary>
    Somebody,
}

/// <summary>Tells whose a Service is. Pure.</summary>
internal static class ServiceOwnership
{
    /// <summary>Looks at the controller among the owners.</summary>
    /// <param name="service">The Service.</param>
    /// <param name="canary">The canary's name.</param>
    public static ServiceOwner Of(JsonObject service, string canary)
    {
        var controller = service.ItemsAt("metadata", "ownerReferences").FirstOrDefault(owner => owner.IsTrueAt("controller"));
        return controller.TextAt("kind") != CanaryKinds.Canary ? ServiceOwner.Somebody
            : controller.TextAt("name") == canary ? ServiceOwner.ThisCanary
            : ServiceOwner.OtherCanary;
    }
}
