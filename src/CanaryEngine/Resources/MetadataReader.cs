using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads labels and annotations that canaries ask for, after Kubernetes' rules for their keys and values.</summary>
internal static class MetadataReader
{
    private const int LongestPart = 63;

    /// <summary>Reads <c>labels</c> and <c>annotations</c>.</summary>
    /// <param name="field">The object that has them.</param>
    public static CustomMetadata Read(NodeReader field)
    {
        FieldNames.ReportUnknown(field, "labels", "annotations");
        var (labels, annotations) = (field.Field("labels"), field.Field("annotations"));
        foreach (var (key, value) in labels.Entries())
        {
            CheckKey(value, key);
            if (value.Text() is { Length: > 0 } text && !IsPart(text))
            {
                value.Report(
                    $"must be a label's value, not {value.Shown()}",
                    "Use at most 63 letters, digits, '-', '_' and '.', letters or digits at both ends");
            }
        }

        foreach (var (key, value) in annotations.Entries())
        {
            CheckKey(value, key);
        }

        return new CustomMetadata(labels.Texts(), annotations.Texts());
    }

    /// <summary>Reads lists of keys.</summary>
    /// <param name="field">The object that has them, <c>unmanagedMetadata</c>.</param>
    public static UnmanagedMetadata ReadUnmanaged(NodeReader field)
    {
        FieldNames.ReportUnknown(field, "labels", "annotations");
        return new UnmanagedMetadata(ReadKeys(field.Field("labels")), ReadKeys(field.Field("annotations")));
    }

    private static EquatableArray<string> ReadKeys(NodeReader field)
    {
        var keys = new List<string>();
        foreach (var item in field.Items())
        {
            if (item.RequiredText("Write a key, or remove the item") is { } key)
            {
                CheckKey(item, key);
                keys.Add(key);
            }
        }

        return keys.ToEquatableArray();
    }

    private static void CheckKey(NodeReader place, string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        var isGood = IsPart(key[(slash + 1)..]) && (slash < 0 || NameForms.IsSubdomain(key[..slash]));
        if (!isGood)
        {
            place.Report(
                $"must have a key such as example.com/name, not '{key}'",
                "Use letters, digits, '-', '_' and '.', at most 63 of them, and perhaps a DNS name and '/' before them");
        }
    }

    private static bool IsPart(string text) => text.Length is > 0 and <= LongestPart
        && char.IsAsciiLetterOrDigit(text[0]) && char.IsAsciiLetterOrDigit(text[^1])
        && text.All(letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
}
