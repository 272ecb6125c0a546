using System.Collections.Immutable;
using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Kubernetes.Objects;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Kubernetes;

/// <summary>A canary's Deployment or DaemonSet with what it is configured by, as they are at one moment. Immutable.</summary>
/// <param name="Target">The target.</param>
/// <param name="Json">The same as JSON; not to be changed.</param>
/// <param name="Made">What is made for the canary goes by this.</param>
/// <param name="Configs">The ConfigMaps and Secrets that are part of its revision, with their objects.</param>
/// <param name="Tracked">Their checksums.</param>
/// <param name="Revision">The revision.</param>
internal sealed record TargetView(
    SourceObject Target,
    JsonObject Json,
    MadeFor Made,
    ImmutableDictionary<ConfigKey, JsonObject> Configs,
    ImmutableSortedDictionary<ConfigKey, string> Tracked,
    string Revision)
{
    /// <summary>The target's pod template; not to be changed.</summary>
    public JsonObject Template => Json.ObjectAt("spec", "template")!;

    /// <summary>The Deployment's name, by which pods keep away from each other; null for a DaemonSet.</summary>
    public string? DeploymentName => Target.Key.Kind == ClusterKinds.Deployments.Kind ? Target.Key.Name.Name : null;

    /// <summary>The template that a primary of this revision has.</summary>
    public JsonObject PrimaryTemplate() =>
        Objects.PrimaryTemplate.Of(Template, Made.Selector, DeploymentName, ConfigClone.Names(Tracked));

    /// <summary>True when a primary that carries no revision of ours, for Flagger made it, is of this revision.</summary>
    /// <param name="primary">The primary.</param>
    public bool IsCarriedBy(JsonObject primary) => primary.ObjectAt("spec", "template") is { } template
        && Objects.PrimaryTemplate.IsOf(template, Template, Made.Selector, DeploymentName, Tracked.Keys);
}
