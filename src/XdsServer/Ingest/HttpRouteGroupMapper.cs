using System.Collections.Frozen;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Ingest.Re2;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>
/// Reads HTTPRouteGroup objects (SMI specification, specs v1alpha1 to v1alpha4) by their shape: matches stand at the top level
/// up to v1alpha2 and under <c>spec</c> from v1alpha3; the specification's own examples mix the two.
/// </summary>
internal static class HttpRouteGroupMapper
{
    private static readonly FrozenSet<string> Methods =
        new[] { "*", "GET", "HEAD", "PUT", "POST", "DELETE", "CONNECT", "OPTIONS", "TRACE", "PATCH" }
            .ToFrozenSet(StringComparer.Ordinal);

    /// <summary>Reads an object.</summary>
    /// <param name="source">The object.</param>
    /// <returns>An <see cref="HttpRouteGroupValue"/>, or all faults.</returns>
    public static Decoded Map(SourceObject source)
    {
        var faults = new ObjectFaults(source);
        NameRules.CheckMetadata(faults.Root, NameRules.IsSubdomain);
        FieldNames.ReportUnknown(faults.Root, "apiVersion", "kind", "metadata", "spec", "matches", "status");
        var spec = faults.Root.Field("spec");
        FieldNames.ReportUnknown(spec, "matches");
        var field = spec.Field("matches").Exists ? spec.Field("matches") : faults.Root.Field("matches");
        var matches = field.Items().Select(item => ReadMatch(item, faults)).ToEquatableArray();
        return faults.Finish(() => new HttpRouteGroupValue(source.Key.Name, matches));
    }

    private static RouteMatch ReadMatch(NodeReader item, ObjectFaults faults)
    {
        FieldNames.ReportUnknown(item, "name", "pathRegex", "methods", "headers");
        item.Field("name").RequiredText("Give the match a name that is unique in the group");
        var path = item.Field("pathRegex");
        var pathRegex = path.Text() is { Length: > 0 } text && text != ".*" ? text : null;
        if (pathRegex is not null)
        {
            CheckRegex(path, pathRegex, faults);
        }

        return new RouteMatch(pathRegex, ReadMethods(item.Field("methods")), ReadHeaders(item.Field("headers"), faults));
    }

    // A star stands for every method, whatever else is listed.
    private static EquatableArray<string> ReadMethods(NodeReader field)
    {
        var methods = new SortedSet<string>(StringComparer.Ordinal);
        foreach (var item in field.Items())
        {
            var method = item.Text();
            if (method is null || !Methods.Contains(method))
            {
                item.Report($"must be an HTTP method, not {item.Shown()}", $"Write one of {string.Join(", ", Methods.Order())}");
                continue;
            }

            methods.Add(method);
        }

        return methods.Contains("*") ? [] : methods.ToEquatableArray();
    }

    // The specification shows a mapping; the Go SDK writes a list of mappings with one entry each.
    private static EquatableArray<HeaderMatch> ReadHeaders(NodeReader field, ObjectFaults faults)
    {
        var entries = new List<KeyValuePair<string, NodeReader>>();
        if (field.Node is SequenceNode)
        {
            foreach (var item in field.Items())
            {
                var own = item.Entries();
                if (own.Count > 1)
                {
                    item.Report("has more than one header", "Write each header as an item of its own, or all as one mapping");
                }

                entries.AddRange(own);
            }
        }
        else
        {
            entries.AddRange(field.Entries());
        }

        return entries
            .Select(entry => ReadHeader(entry.Key, entry.Value, faults))
            .Distinct()
            .OrderBy(header => header.Name, StringComparer.Ordinal)
            .ThenBy(header => header.Value.Value, StringComparer.Ordinal)
            .ToEquatableArray();
    }

    private static HeaderMatch ReadHeader(string key, NodeReader value, ObjectFaults faults)
    {
        if (!NameRules.IsHeader(key))
        {
            value.Report($"has '{key}', which is no header name", "Use letters, digits and '-'");
        }

        var regex = value.RequiredText("Write a regular expression, for example .+ for any value");
        if (regex is not null)
        {
            CheckRegex(value, regex, faults);
        }

        return new HeaderMatch(NameRules.ToMatchedHeader(key), TextMatch.Regex(regex ?? string.Empty));
    }

    private static void CheckRegex(NodeReader field, string regex, ObjectFaults faults)
    {
        if (Re2Syntax.Check(regex) is { } fault)
        {
            faults.Report(ConditionReasons.InvalidRegex, field, $"{fault.Message}: {field.Shown()}", fault.Fix);
        }
    }
}
