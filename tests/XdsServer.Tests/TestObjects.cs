using System.Collections.Immutable;
using System.Globalization;
using System.Text;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace XdsCanary.XdsServer.Tests;

/// <summary>Reads manifests into object sets, as an object source does.</summary>
internal static class TestObjects
{
    private static readonly YamlScalarNode Nothing = new(string.Empty);

    /// <summary>Reads manifests; an object whose content is that of the set before is the same instance.</summary>
    public static ObjectSet Read(string yaml, ObjectSet? previous = null)
    {
        var stream = new YamlStream();
        using var text = new StringReader(yaml);
        stream.Load(text);
        var objects = ImmutableDictionary.CreateBuilder<ObjectKey, SourceObject>();
        foreach (var document in stream.Documents.Where(document => document.RootNode is YamlMappingNode))
        {
            var source = ToSource((MappingNode)Convert(document.RootNode));
            var before = previous?.Objects.GetValueOrDefault(source.Key);
            objects.Add(source.Key, before?.Fingerprint == source.Fingerprint ? before : source);
        }

        return new ObjectSet(objects.ToImmutable(), [], (previous?.Revision ?? 0) + 1);
    }

    private static SourceObject ToSource(MappingNode root)
    {
        var apiVersion = Text(root, "apiVersion");
        var metadata = (MappingNode)root.Find("metadata")!;
        var group = apiVersion.Contains('/') ? apiVersion.Split('/')[0] : string.Empty;
        var space = metadata.Find("namespace") is null ? "default" : Text(metadata, "namespace");
        return new SourceObject
        {
            Key = new ObjectKey(group, Text(root, "kind"), new NamespacedName(space, Text(metadata, "name"))),
            ApiVersion = apiVersion,
            Root = root,
            Origin = new ObjectOrigin("input.yaml", root.Position.Line),
            Fingerprint = Fingerprint(root),
            Labels = Map(metadata.Find("labels")),
            Annotations = Map(metadata.Find("annotations")),
            Created = metadata.Find("creationTimestamp") is ScalarNode created
                ? DateTimeOffset.Parse(created.Text, CultureInfo.InvariantCulture)
                : null,
            Generation = metadata.Find("generation") is ScalarNode number
                ? long.Parse(number.Text, CultureInfo.InvariantCulture)
                : 0,
        };
    }

    private static ImmutableSortedDictionary<string, string> Map(DocumentNode? node) =>
        ((node as MappingNode)?.Entries ?? []).ToImmutableSortedDictionary(
            entry => entry.Key, entry => ((ScalarNode)entry.Value).Text, StringComparer.Ordinal);

    private static string Text(MappingNode node, string field) => ((ScalarNode)node.Find(field)!).Text;

    private static DocumentNode Convert(YamlNode node)
    {
        var position = new NodePosition((int)node.Start.Line, (int)node.Start.Column);
        return node switch
        {
            YamlMappingNode mapping => new MappingNode(
                [.. mapping.Children.Select(child => new MappingEntry(
                    ((YamlScalarNode)child.Key).Value!,
                    new NodePosition((int)child.Key.Start.Line, (int)child.Key.Start.Column),
                    Convert(child.Value)))],
                position),
            YamlSequenceNode sequence => new SequenceNode([.. sequence.Children.Select(Convert)], position),
            YamlScalarNode scalar => new ScalarNode(scalar.Value ?? string.Empty, Kind(scalar), position),
            _ => Convert(Nothing),
        };
    }

    private static ScalarKind Kind(YamlScalarNode scalar) => scalar switch
    {
        { Style: not ScalarStyle.Plain } => ScalarKind.String,
        { Value: null or "" or "~" or "null" } => ScalarKind.Null,
        { Value: "true" or "false" } => ScalarKind.Boolean,
        _ => double.TryParse(scalar.Value, NumberStyles.Float, CultureInfo.InvariantCulture, out _)
            ? ScalarKind.Number
            : ScalarKind.String,
    };

    private static string Fingerprint(DocumentNode node)
    {
        var text = new StringBuilder();
        Write(node, text);
        return text.ToString();
    }

    private static void Write(DocumentNode node, StringBuilder text)
    {
        switch (node)
        {
            case MappingNode mapping:
                foreach (var entry in mapping.Entries)
                {
                    text.Append('{').Append(entry.Key).Append(':');
                    Write(entry.Value, text);
                    text.Append('}');
                }

                break;
            case SequenceNode sequence:
                foreach (var item in sequence.Items)
                {
                    text.Append('[');
                    Write(item, text);
                    text.Append(']');
                }

                break;
            case ScalarNode scalar:
                text.Append(scalar.Kind).Append(' ').Append(scalar.Text.Length).Append(' ').Append(scalar.Text);
                break;
        }
    }
}
