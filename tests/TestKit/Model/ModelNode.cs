using Envoy.Config.Core.V3;
using Google.Protobuf.WellKnownTypes;

namespace XdsCanary.TestKit.Model;

/// <summary>Makes the nodes that model clients say they are.</summary>
public static class ModelNode
{
    private static int _count;

    /// <summary>A node with an id of its own, which leaves its namespace to the server.</summary>
    public static Node Create() => new() { Id = $"model-{Interlocked.Increment(ref _count)}", Cluster = "model" };

    /// <summary>A node of a namespace, which sees further namespaces.</summary>
    public static Node Create(string ns, params string[] visible)
    {
        var node = Create();
        node.Metadata = new Struct { Fields = { ["namespace"] = Value.ForString(ns) } };
        if (visible.Length > 0)
        {
            node.Metadata.Fields["namespaces"] = Value.ForList([.. visible.Select(Value.ForString)]);
        }

        return node;
    }
}
