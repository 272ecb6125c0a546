using System.Text.Json.Nodes;
using XdsCanary.TestKit.Cluster;

namespace XdsCanary.Kubernetes.Tests.Guide;

/// <summary>A right that a service account has by a role that is bound to it.</summary>
/// <param name="Role">The path of the Role or ClusterRole.</param>
/// <param name="Namespace">Where it has the right; empty for everywhere.</param>
/// <param name="Right">The right.</param>
public sealed record Grant(string Role, string Namespace, Right Right)
{
    private const string Root = "/apis/rbac.authorization.k8s.io/v1";

    /// <summary>All that is granted to a service account itself, and not to all of them.</summary>
    /// <param name="api">Asks the cluster.</param>
    /// <param name="place">The account's namespace.</param>
    /// <param name="account">Its name.</param>
    public static async Task<IReadOnlyList<Grant>> OfAsync(KubeApi api, string place, string account)
    {
        var grants = new List<Grant>();
        IEnumerable<JsonObject> bindings =
            [.. await api.ListAsync($"{Root}/clusterrolebindings"), .. await api.ListAsync($"{Root}/rolebindings")];
        foreach (var binding in bindings.Where(binding => binding.Items("subjects").Any(subject =>
            (subject.Text("kind"), subject.Text("namespace"), subject.Text("name")) == ("ServiceAccount", place, account))))
        {
            var name = binding.Text("roleRef", "name")!;
            var role = binding.Text("roleRef", "kind") == "ClusterRole" ? $"clusterroles/{name}" : $"namespaces/{binding.Namespace()}/roles/{name}";
            grants.AddRange(Right.Of(await api.GetAsync($"{Root}/{role}")).Select(right => new Grant(role, binding.Namespace(), right)));
        }

        return grants;
    }

    /// <summary>True when a request needed the right, where it is granted.</summary>
    /// <param name="request">The request.</param>
    public bool Covers(AuditedRequest request) =>
        request.Right == Right && (Namespace.Length == 0 || request.Namespace == Namespace);
}
