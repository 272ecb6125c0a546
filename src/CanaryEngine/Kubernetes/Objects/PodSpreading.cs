using System.Text.Json.Nodes;

namespace XdsCanary.CanaryEngine.Kubernetes.Objects;

/// <summary>
/// Rules by which pods of a Deployment keep away from each other name its pods; the primary's must name the primary's. Pure.
/// </summary>
internal static class PodSpreading
{
    /// <summary>Puts <c>-primary</c> behind the Deployment's name in anti-affinity and topology spread (`spec/flagger.md` 2.4).</summary>
    /// <param name="template">A pod template; it is changed, so make it a copy.</param>
    /// <param name="keys">The keys of labels whose values may name the Deployment.</param>
    /// <param name="deployment">The Deployment's name. Other values, and affinity to pods, stay as they are.</param>
    public static void Rename(JsonObject template, EquatableArray<string> keys, string deployment)
    {
        var apart = template.ObjectAt("spec", "affinity", "podAntiAffinity");
        var terms = apart.ItemsAt("preferredDuringSchedulingIgnoredDuringExecution").Select(term => term.ObjectAt("podAffinityTerm"))
            .Concat(apart.ItemsAt("requiredDuringSchedulingIgnoredDuringExecution"))
            .Concat(template.ItemsAt("spec", "topologySpreadConstraints"));
        foreach (var selector in terms.Select(term => term.ObjectAt("labelSelector")).OfType<JsonObject>().ToList())
        {
            RenameLabels(selector, keys, deployment);
            RenameExpressions(selector, keys, deployment);
        }
    }

    private static void RenameLabels(JsonObject selector, EquatableArray<string> keys, string deployment)
    {
        if (selector.ObjectAt("matchLabels") is { } labels)
        {
            foreach (var key in keys.Where(key => Fields.Text(labels.At(key)) == deployment))
            {
                labels[key] = $"{deployment}-primary";
            }
        }
    }

    private static void RenameExpressions(JsonObject selector, EquatableArray<string> keys, string deployment)
    {
        foreach (var expression in selector.ItemsAt("matchExpressions").Where(item => keys.Contains(item.TextAt("key"))))
        {
            if (expression.At("values") is not JsonArray values)
            {
                continue;
            }

            for (var index = 0; index < values.Count; index++)
            {
                if (Fields.Text(values[index]) == deployment)
                {
                    values[index] = $"{deployment}-primary";
                    break;
                }
            }
        }
    }
}
