using System.Text.Json.Nodes;
using XdsCanary.CanaryEngine.Core;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>The primary: the Deployment or DaemonSet of the promoted revision (`spec/flagger.md` 2.4). Pure.</summary>
internal static class PrimaryWorkload
{
    // What a rollout goes by; the rest of a workload's spec is the selector, the template and the number of pods.
    private static readonly string[] Rollout =
        ["progressDeadlineSeconds", "minReadySeconds", "revisionHistoryLimit", "strategy", "updateStrategy"];

    /// <summary>Makes the primary.</summary>
    /// <param name="made">The canary.</param>
    /// <param name="target">The target: its metadata, and how it rolls out.</param>
    /// <param name="template">
    /// The primary's template, see <see cref="PrimaryTemplate.Of"/>; of the analysed revision, not of the target by now (H-09).
    /// </param>
    /// <param name="revision">The revision that the template is of.</param>
    public static JsonObject Make(MadeFor made, JsonObject target, JsonObject template, string revision)
    {
        var primary = made.Owner.Head("apps/v1", target.TextAt("kind"), made.Namespace, made.PrimaryName);
        var metadata = primary.Ensure("metadata");
        metadata["annotations"] = Fields.MapOf(target.TextsAt("metadata", "annotations").Where(entry => MetadataKeys.IsCopied(entry.Key))
            .Append(KeyValuePair.Create(MetadataKeys.Revision, revision)));
        metadata["labels"] = Fields.MapOf(LabelsOf(made, target));
        var spec = primary.Ensure("spec");
        spec["selector"] = new JsonObject { ["matchLabels"] = made.Selector.OfPrimary() };
        if (made.Spec.Target.Kind == TargetKind.Deployment)
        {
            spec["replicas"] = ReplicasOf(target) is > 0 and var replicas ? replicas : 1;
        }

        SetContent(spec, target, template);
        return primary;
    }

    /// <summary>
    /// Gives the primary a revision. Its pods restart only if the template differs from the one that it has (H-18). What others
    /// have written into it stays, but for the template, which is replaced as a whole.
    /// </summary>
    /// <param name="made">The canary.</param>
    /// <param name="live">The primary as it is.</param>
    /// <param name="target">The target.</param>
    /// <param name="template">The new template.</param>
    /// <param name="revision">The revision that it is of.</param>
    /// <returns>The primary to write.</returns>
    public static JsonObject Promote(MadeFor made, JsonObject live, JsonObject target, JsonObject template, string revision)
    {
        var primary = live.Copy();
        var metadata = primary.Ensure("metadata");
        Add(metadata.Ensure("labels"), LabelsOf(made, target));
        Add(
            metadata.Ensure("annotations"),
            made.Prefixes.Of(target.TextsAt("metadata", "annotations")).Where(entry => MetadataKeys.IsCopied(entry.Key))
                .Append(KeyValuePair.Create(MetadataKeys.Revision, revision)));
        var spec = primary.Ensure("spec");
        SetContent(spec, target, template);

        // A target that was stopped meanwhile must not stop the primary.
        if (made.Spec is { Target.Kind: TargetKind.Deployment, Autoscaler: null } && ReplicasOf(target) is > 0 and var replicas)
        {
            spec["replicas"] = replicas;
        }

        return primary;
    }

    /// <summary>The revision that a primary has; empty for one that Flagger or somebody else made.</summary>
    /// <param name="primary">The primary.</param>
    public static string RevisionOf(JsonObject primary) => primary.TextAt("metadata", "annotations", MetadataKeys.Revision);

    private static void SetContent(JsonObject spec, JsonObject target, JsonObject template)
    {
        foreach (var field in Rollout)
        {
            spec.Follow(field, target.ObjectAt("spec"));
        }

        spec["template"] = template.DeepClone();
    }

    private static IEnumerable<KeyValuePair<string, string>> LabelsOf(MadeFor made, JsonObject target) =>
        made.Prefixes.Of(target.TextsAt("metadata", "labels"))
            .Append(KeyValuePair.Create(made.Selector.Key, made.Selector.PrimaryValue));

    private static void Add(JsonObject map, IEnumerable<KeyValuePair<string, string>> entries)
    {
        foreach (var (key, value) in entries)
        {
            map[key] = value;
        }
    }

    // The API server fills a 1 in where nothing is written.
    private static long ReplicasOf(JsonObject workload) => workload.NumberAt("spec", "replicas") ?? 1;
}
