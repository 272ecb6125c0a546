using System.Text.Json.Nodes;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Guide;

/// <summary>One thing that somebody may do.</summary>
/// <param name="Group">The API group; empty for the core's.</param>
/// <param name="Resource">The resource, perhaps with a subresource behind a slash.</param>
/// <param name="Verb">The verb.</param>
public sealed record Right(string Group, string Resource, string Verb)
{
    /// <summary>All that a Role or ClusterRole grants, one by one.</summary>
    /// <param name="role">The object.</param>
    public static IEnumerable<Right> Of(JsonNode role) =>
        from rule in role.Items("rules")
        from part in rule.Texts("apiGroups")
        from resource in rule.Texts("resources")
        from verb in rule.Texts("verbs")
        select new Right(part, resource, verb);

    /// <inheritdoc/>
    public override string ToString() => $"{Verb} {Resource}{(Group.Length == 0 ? "" : $".{Group}")}";
}
