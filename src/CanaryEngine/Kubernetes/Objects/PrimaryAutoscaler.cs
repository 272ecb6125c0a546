using System.Text.Json.Nodes;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>The HorizontalPodAutoscaler of the primary, made after the target's (`spec/flagger.md` 2.7). Pure.</summary>
internal static class PrimaryAutoscaler
{
    /// <summary>Makes it.</summary>
    /// <param name="made">The canary, with an autoscaler.</param>
    /// <param name="target">The target's autoscaler, <c>autoscaling/v2</c>.</param>
    public static JsonObject Make(MadeFor made, JsonObject target)
    {
        var wanted = made.Spec.Autoscaler ?? throw new ArgumentException("The canary has no autoscaler.", nameof(made));
        var scaler = made.Owner.Head("autoscaling/v2", "HorizontalPodAutoscaler", made.Namespace, wanted.PrimaryName);
        foreach (var name in (ReadOnlySpan<string>)["labels", "annotations"])
        {
            var entries = Fields.MapOf(target.TextsAt("metadata", name).Where(entry => MetadataKeys.IsCopied(entry.Key)));
            if (entries.Count > 0)
            {
                scaler.Ensure("metadata")[name] = entries;
            }
        }

        var spec = target.ObjectAt("spec")?.Copy() ?? [];
        spec.Ensure("scaleTargetRef")["name"] = made.PrimaryName;
        Override(spec, "minReplicas", wanted.MinReplicas);
        Override(spec, "maxReplicas", wanted.MaxReplicas);
        scaler["spec"] = spec;
        return scaler;
    }

    /// <summary>
    /// Tells whether there is something to write. What others have added to labels and annotations is no difference, and equal ones
    /// are none (H-27).
    /// </summary>
    /// <param name="live">The primary's autoscaler as it is.</param>
    /// <param name="wanted">The same as <see cref="Make"/> has it.</param>
    public static bool Differs(JsonObject live, JsonObject wanted) =>
        !CanonicalJson.AreEqual(SpecOf(live), SpecOf(wanted)) || Lacks(live, wanted, "labels") || Lacks(live, wanted, "annotations");

    private static bool Lacks(JsonObject live, JsonObject wanted, string name) => wanted.TextsAt("metadata", name)
        .Any(entry => Fields.Text(live.At("metadata", name, entry.Key)) != entry.Value);

    // What is not written is 1.
    private static JsonObject SpecOf(JsonObject scaler)
    {
        var spec = scaler.ObjectAt("spec")?.Copy() ?? [];
        spec["minReplicas"] = scaler.NumberAt("spec", "minReplicas") ?? 1;
        foreach (var name in spec.Where(entry => entry.Value is null).Select(entry => entry.Key).ToList())
        {
            spec.Remove(name);
        }

        return spec;
    }

    private static void Override(JsonObject spec, string name, int? value)
    {
        if (value is { } number)
        {
            spec[name] = number;
        }
    }
}
