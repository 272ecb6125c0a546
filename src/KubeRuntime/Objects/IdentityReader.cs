using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.KubeRuntime.Objects;

/// <summary>What tells one object from another, checked.</summary>
internal sealed record ObjectIdentity(ObjectKey Key, string ApiVersion);

/// <summary>Reads <c>apiVersion</c>, <c>kind</c>, <c>metadata.name</c> and <c>metadata.namespace</c>.</summary>
internal static class IdentityReader
{
    /// <summary>Reads and checks the identity; reports what is missing or malformed.</summary>
    /// <returns>The identity, or null when it was reported.</returns>
    public static ObjectIdentity? Read(NodeReader root, ListItem item, string defaultNamespace)
    {
        var apiVersion = Checked(
            root.Field("apiVersion"), item.ListApiVersion, "Write for example 'apiVersion: v1'", KubernetesNames.CheckApiVersion);
        var kind = Checked(root.Field("kind"), item.ListKind, "Write for example 'kind: Service'", KubernetesNames.CheckKind);
        var metadata = root.Field("metadata");
        var name = Checked(
            metadata.Field("name"), null, "Write 'name: ...' below metadata", KubernetesNames.CheckSubdomain);
        var ns = metadata.Field("namespace") is { Exists: true } field
            ? Checked(field, null, "Write a namespace, or remove the line", KubernetesNames.CheckLabel)
            : defaultNamespace;
        return apiVersion is null || kind is null || name is null || ns is null
            ? null
            : new ObjectIdentity(new ObjectKey(GroupOf(apiVersion), kind, new NamespacedName(ns, name)), apiVersion);
    }

    /// <summary>The identity that a faulty object seems to have, to name it in reports.</summary>
    /// <returns>The identity, or null when kind or name is not there.</returns>
    public static ObjectKey? Guess(MappingNode root, string defaultNamespace)
    {
        var metadata = root.Find("metadata") as MappingNode;
        var kind = Text(root, "kind");
        var name = Text(metadata, "name");
        return kind is null || name is null
            ? null
            : new ObjectKey(
                GroupOf(Text(root, "apiVersion") ?? string.Empty),
                kind,
                new NamespacedName(Text(metadata, "namespace") ?? defaultNamespace, name));
    }

    private static string? Checked(NodeReader field, string? inherited, string fix, Func<string, KubernetesNames.Fault?> check)
    {
        if (!field.Exists && inherited is not null)
        {
            return inherited;
        }

        if (field.RequiredText(fix) is not { } text)
        {
            return null;
        }

        if (field.Node is ScalarNode { Kind: not ScalarKind.String })
        {
            field.Report($"must be a text, but '{text}' is read as a number or a boolean", $"Write \"{text}\" in quotes");
            return null;
        }

        if (check(text) is { } fault)
        {
            field.Report(fault.Message, fault.Fix);
            return null;
        }

        return text;
    }

    private static string GroupOf(string apiVersion)
    {
        var slash = apiVersion.IndexOf('/', StringComparison.Ordinal);
        return slash < 0 ? string.Empty : apiVersion[..slash];
    }

    private static string? Text(MappingNode? node, string key) =>
        node?.Find(key) is ScalarNode { Kind: not ScalarKind.Null, Text.Length: > 0 } scalar ? scalar.Text : null;
}
