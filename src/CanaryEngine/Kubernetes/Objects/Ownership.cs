using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Resources;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>Whose a Service or a TrafficSplit is, by its controller.</summary>
internal enum OwnerKind
{
    /// <summary>This canary's.</summary>
    ThisCanary,

    /// <summary>Another canary's.</summary>
    OtherCanary,

    /// <summary>Nobody's that is a canary.</summary>
    Somebody,
}

/// <summary>Tells whose a Service or a TrafficSplit is. Pure.</summary>
internal static class Ownership
{
    /// <summary>Looks at the controller among the owners.</summary>
    /// <param name="item">The object.</param>
    /// <param name="canary">The canary's name.</param>
    public static OwnerKind Of(JsonObject item, string canary)
    {
        var controller = item.ItemsAt("metadata", "ownerReferences").FirstOrDefault(owner => owner.IsTrueAt("controller"));
        return controller.TextAt("kind") != CanaryKinds.Canary ? OwnerKind.Somebody
            : controller.TextAt("name") == canary ? OwnerKind.ThisCanary
            : OwnerKind.OtherCanary;
    }
}
