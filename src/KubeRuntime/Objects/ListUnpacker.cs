using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.KubeRuntime.Objects;

/// <summary>An object inside a document: the document itself, or an item of a list.</summary>
/// <param name="Root">The object.</param>
/// <param name="Path">Its path in the document; empty for the document itself.</param>
/// <param name="Origin">Its place.</param>
/// <param name="ListApiVersion">What a typed list says for items without <c>apiVersion</c>.</param>
/// <param name="ListKind">What a typed list says for items without <c>kind</c>.</param>
internal sealed record ListItem(MappingNode Root, string Path, ObjectOrigin Origin, string? ListApiVersion, string? ListKind)
{
    /// <summary>A reader of the object whose paths start at the document.</summary>
    public NodeReader Reader(List<NodeProblem> faults) => new(Root, Path, Root.Position, faults);
}

/// <summary>
/// Unpacks <c>kind: List</c> and typed lists such as <c>ServiceList</c>, the form that <c>kubectl get -o yaml</c> writes.
/// </summary>
internal static class ListUnpacker
{
    private const string Suffix = "List";

    /// <summary>Finds the objects of a document.</summary>
    public static IEnumerable<ListItem> Unpack(
        MappingNode root,
        ObjectOrigin origin,
        ImmutableArray<ObjectProblem>.Builder problems) =>
        Unpack(new ListItem(root, string.Empty, origin, null, null), problems);

    private static List<ListItem> Unpack(ListItem item, ImmutableArray<ObjectProblem>.Builder problems)
    {
        var kind = Text(item.Root, "kind") ?? string.Empty;
        var items = item.Root.Find("items");
        var isList = kind == Suffix || (kind.EndsWith(Suffix, StringComparison.Ordinal) && items is not null);
        if (!isList)
        {
            return [item];
        }

        switch (items)
        {
            case SequenceNode sequence:
                return Items(item, kind, sequence, problems);
            case ScalarNode { Kind: ScalarKind.Null }:
                // What Go programs write for a list without items.
                return [];
            default:
                var path = item.Path.Length == 0 ? "items" : $"{item.Path}.items";
                problems.Add(Fault(item, path, items ?? item.Root, items is null ? "is missing" : "must be a list"));
                return [];
        }
    }

    private static List<ListItem> Items(
        ListItem list,
        string kind,
        SequenceNode sequence,
        ImmutableArray<ObjectProblem>.Builder problems)
    {
        var typed = kind == Suffix ? null : kind[..^Suffix.Length];
        var apiVersion = typed is null ? null : Text(list.Root, "apiVersion");
        var found = new List<ListItem>(sequence.Items.Length);
        for (var i = 0; i < sequence.Items.Length; i++)
        {
            var path = list.Path.Length == 0 ? $"items[{i}]" : $"{list.Path}.items[{i}]";
            if (sequence.Items[i] is MappingNode root)
            {
                var origin = list.Origin with { Line = root.Position.Line };
                found.AddRange(Unpack(new ListItem(root, path, origin, apiVersion, typed), problems));
            }
            else
            {
                problems.Add(Fault(list, path, sequence.Items[i], "must be an object"));
            }
        }

        return found;
    }

    private static ObjectProblem Fault(ListItem list, string path, DocumentNode at, string message) => new(
        list.Origin with { Line = at.Position.Line },
        null,
        path,
        message,
        "Write the objects below 'items:', each after '- '");

    private static string? Text(MappingNode node, string key) => (node.Find(key) as ScalarNode)?.Text;
}
