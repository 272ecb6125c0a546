using System.Collections.Immutable;
using System.Globalization;
using System.Text.RegularExpressions;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.KubeRuntime.Objects;

/// <summary>The part of <c>metadata</c> that every reader wants, checked.</summary>
internal sealed record ObjectMetadata(
    ImmutableSortedDictionary<string, string> Labels,
    ImmutableSortedDictionary<string, string> Annotations,
    DateTimeOffset? Created,
    long Generation);

/// <summary>Reads labels, annotations, creation time and generation.</summary>
internal static partial class MetadataReader
{
    private static readonly ImmutableSortedDictionary<string, string> NoTexts =
        ImmutableSortedDictionary.Create<string, string>(StringComparer.Ordinal);

    /// <summary>Reads <c>metadata</c>; faults are reported and count as absent.</summary>
    public static ObjectMetadata Read(NodeReader metadata) => new(
        Texts(metadata.Field("labels")),
        Texts(metadata.Field("annotations")),
        Time(metadata.Field("creationTimestamp")),
        metadata.Field("generation").Integer(0, long.MaxValue) ?? 0);

    private static ImmutableSortedDictionary<string, string> Texts(NodeReader field)
    {
        var entries = field.Entries();
        if (entries.Count == 0)
        {
            return NoTexts;
        }

        var texts = NoTexts.ToBuilder();
        foreach (var (key, value) in entries)
        {
            if (value.Node is ScalarNode { Kind: not ScalarKind.String } scalar)
            {
                value.Report(
                    $"must be a text, but {value.Shown()} is read as a number or a boolean",
                    $"Write \"{scalar.Text}\" in quotes");
                continue;
            }

            texts[key] = value.Text() ?? string.Empty;
        }

        return texts.ToImmutable();
    }

    private static DateTimeOffset? Time(NodeReader field)
    {
        if (field.Text() is not { } text)
        {
            return null;
        }

        var isTime = DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time);
        if (isTime && Rfc3339().IsMatch(text))
        {
            return time;
        }

        field.Report($"'{text}' is not a time of RFC 3339", "Write for example 2024-05-31T09:30:00Z, or remove the line");
        return null;
    }

    [GeneratedRegex(
        @"^\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[-+]\d{2}:\d{2})\z",
        RegexOptions.CultureInvariant)]
    private static partial Regex Rfc3339();
}
