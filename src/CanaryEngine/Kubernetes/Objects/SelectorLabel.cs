using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Ports;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>The label that tells a target's pods from others, L=V. Immutable.</summary>
/// <param name="Key">L.</param>
/// <param name="Value">V; it need not be the workload's name.</param>
/// <param name="Keys">The keys that L was chosen from, the setting <c>selector-labels</c>.</param>
internal sealed record SelectorLabel(string Key, string Value, EquatableArray<string> Keys)
{
    /// <summary>The keys when no others are set.</summary>
    public static EquatableArray<string> DefaultKeys { get; } = ["app", "name", "app.kubernetes.io/name"];

    /// <summary>V of the primary's pods.</summary>
    public string PrimaryValue => $"{Value}-primary";

    /// <summary>Chooses the label: the first of the keys that the workload selects its pods by.</summary>
    /// <param name="workload">A Deployment or DaemonSet.</param>
    /// <param name="keys">The keys, in order of preference.</param>
    /// <exception cref="WorkloadException">It selects by none of them.</exception>
    public static SelectorLabel Of(JsonObject workload, EquatableArray<string> keys)
    {
        var labels = workload.ObjectAt("spec", "selector", "matchLabels");
        foreach (var key in keys)
        {
            if (Fields.Text(labels.At(key)) is { Length: > 0 } value)
            {
                return new SelectorLabel(key, value, keys);
            }
        }

        var kind = workload.TextAt("kind").ToLowerInvariant();
        throw new WorkloadException(
            $"{kind} {Fields.Name(workload)} spec.selector.matchLabels must contain one of [{string.Join(' ', keys)}]");
    }

    /// <summary>The selector of the target's pods, which are the canary's.</summary>
    public JsonObject OfCanary() => new() { [Key] = Value };

    /// <summary>The selector of the primary's pods.</summary>
    public JsonObject OfPrimary() => new() { [Key] = PrimaryValue };
}
