using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Streams;

/// <summary>
/// Tells which group a node belongs to: its namespace is <c>node.metadata.namespace</c>, else the part of
/// <c>node.cluster</c> before a slash, else the server's default; <c>node.metadata.namespaces</c> lists further namespaces
/// that it sees, <c>["*"]</c> all.
/// </summary>
internal static class NodeGroupResolver
{
    private const string NamespaceField = "namespace";
    private const string NamespacesField = "namespaces";

    /// <summary>Resolves a node.</summary>
    /// <param name="node">The node of a request.</param>
    /// <param name="defaultNamespace">The namespace of nodes that name none.</param>
    public static NodeGroup Resolve(Node node, string defaultNamespace)
    {
        var fields = node.Metadata?.Fields;
        var own = fields is not null && fields.TryGetValue(NamespaceField, out var value) ? value.StringValue : string.Empty;
        if (own.Length == 0)
        {
            var slash = node.Cluster.IndexOf('/', StringComparison.Ordinal);
            own = slash > 0 ? node.Cluster[..slash] : defaultNamespace;
        }

        return NodeGroup.Create(own, Visible(fields));
    }

    private static IEnumerable<string> Visible(Google.Protobuf.Collections.MapField<string, Value>? fields)
    {
        if (fields is null || !fields.TryGetValue(NamespacesField, out var value))
        {
            return [];
        }

        return value.KindCase switch
        {
            Value.KindOneofCase.StringValue => [value.StringValue],
            Value.KindOneofCase.ListValue => value.ListValue.Values.Select(item => item.StringValue).Where(name => name.Length > 0),
            _ => [],
        };
    }
}
