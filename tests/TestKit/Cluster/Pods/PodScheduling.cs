using System.Text.Json.Nodes;

namespace XdsCanary.TestKit.Cluster.Pods;

/// <summary>
/// Whether a pod may run on a node: its node selector, and what it requires of a node by affinity, as the DaemonSet controller
/// writes it. Pods' feelings for each other, and what they ask for, count nothing here. Pure.
/// </summary>
internal static class PodScheduling
{
    /// <summary>True when the node will do.</summary>
    /// <param name="pod">The pod.</param>
    /// <param name="node">The node.</param>
    public static bool Fits(JsonObject pod, JsonObject node)
    {
        var labels = node.Entries("metadata", "labels").ToDictionary(label => label.Key, label => label.Value?.ToString() ?? string.Empty);
        if (pod.Entries("spec", "nodeSelector").Any(wanted => labels.GetValueOrDefault(wanted.Key) != wanted.Value?.ToString()))
        {
            return false;
        }

        var terms = pod.Items(
            "spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution", "nodeSelectorTerms").ToArray();
        var fields = new Dictionary<string, string> { ["metadata.name"] = node.Name() };
        return terms.Length == 0 || terms.Any(term =>
            term.Items("matchFields").All(match => Matches(match, fields))
            && term.Items("matchExpressions").All(match => Matches(match, labels)));
    }

    private static bool Matches(JsonObject match, Dictionary<string, string> values)
    {
        var isThere = values.TryGetValue(match.Text("key") ?? string.Empty, out var value);
        var isListed = isThere && match.Texts("values").Contains(value);
        return match.Text("operator") switch
        {
            "In" => isListed,
            "NotIn" => !isListed,
            "Exists" => isThere,
            "DoesNotExist" => !isThere,
            var other => throw new NotSupportedException($"The node agent does not know the operator {other}."),
        };
    }
}
