using System.Collections.Immutable;

namespace XdsCanary.KubeRuntime.Documents;

/// <summary>Where a node stands in the text it was read from. Lines and columns count from 1; 0 means unknown.</summary>
/// <param name="Line">The line of the node's first character.</param>
/// <param name="Column">The column of the node's first character.</param>
public readonly record struct NodePosition(int Line, int Column);

/// <summary>The type that a scalar has by the rules of JSON and of YAML's core schema.</summary>
public enum ScalarKind
{
    /// <summary>A quoted scalar, or a plain one that is none of the others.</summary>
    String,

    /// <summary>An integer or a floating point number; the text is kept as written.</summary>
    Number,

    /// <summary><c>true</c> or <c>false</c>.</summary>
    Boolean,

    /// <summary><c>null</c>, <c>~</c> or nothing at all.</summary>
    Null,
}

/// <summary>
/// A node of a YAML or JSON document, with its position. Immutable. One shape serves manifests on disk and objects from
/// an API server, so that everything behind the object source is the same code.
/// </summary>
/// <param name="Position">Where the node starts.</param>
public abstract record DocumentNode(NodePosition Position);

/// <summary>A scalar, with its text as written (unquoted, unescaped).</summary>
/// <param name="Text">The text; empty for null.</param>
/// <param name="Kind">What the text means.</param>
/// <param name="Position">Where the node starts.</param>
public sealed record ScalarNode(string Text, ScalarKind Kind, NodePosition Position) : DocumentNode(Position);

/// <summary>A list of nodes, in the order written.</summary>
/// <param name="Items">The items.</param>
/// <param name="Position">Where the node starts.</param>
public sealed record SequenceNode(ImmutableArray<DocumentNode> Items, NodePosition Position) : DocumentNode(Position);

/// <summary>One key of a mapping with its value.</summary>
/// <param name="Key">The key's text.</param>
/// <param name="KeyPosition">Where the key starts.</param>
/// <param name="Value">The value.</param>
public readonly record struct MappingEntry(string Key, NodePosition KeyPosition, DocumentNode Value);

/// <summary>A mapping, in the order written, with unique keys.</summary>
/// <param name="Entries">The entries.</param>
/// <param name="Position">Where the node starts.</param>
public sealed record MappingNode(ImmutableArray<MappingEntry> Entries, NodePosition Position) : DocumentNode(Position)
{
    /// <summary>Finds the value of a key (exact, case-sensitive).</summary>
    /// <param name="key">The key.</param>
    /// <returns>The value, or null when the key is absent.</returns>
    public DocumentNode? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (string.Equals(entry.Key, key, StringComparison.Ordinal))
            {
                return entry.Value;
            }
        }

        return null;
    }
}
