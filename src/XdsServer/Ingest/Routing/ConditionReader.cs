using XdsCanary.KubeRuntime.Documents;
using XdsCanary.XdsServer.Ingest.Re2;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest.Routing;

/// <summary>Reads the conditions on requests of the annotation <c>xdscanary.io/routing</c>.</summary>
internal static class ConditionReader
{
    // Envoy's limit (config.route.v3.QueryParameterMatcher.name).
    private const int MaximumParameterName = 1024;

    /// <summary>Reads an entry of <c>match</c>.</summary>
    /// <param name="item">The entry.</param>
    /// <param name="faults">Takes faults of expressions; all others go to the reader.</param>
    public static RequestConditions Read(NodeReader item, ObjectFaults faults)
    {
        FieldNames.ReportUnknown(item, "headers", "queryParams");
        var conditions = new RequestConditions(
            item.Field("headers").Items().Select(header => ReadHeader(header, faults)).ToEquatableArray(),
            item.Field("queryParams").Items().Select(parameter => ReadParameter(parameter, faults)).ToEquatableArray());
        if (conditions.Headers.Count + conditions.QueryParams.Count == 0)
        {
            item.Report("has no condition", "List one under 'headers' or 'queryParams', or remove 'match' for all requests");
        }

        return conditions;
    }

    private static HeaderMatch ReadHeader(NodeReader item, ObjectFaults faults)
    {
        var field = item.Field("name");
        var name = field.RequiredText("Write the header's name");
        if (name is not null && !NameRules.IsHeader(name))
        {
            field.Report($"must be a header's name, not {field.Shown()}", "Use letters, digits and '-'");
        }

        return new HeaderMatch(NameRules.ToMatchedHeader(name ?? string.Empty), ReadText(item, faults));
    }

    private static QueryMatch ReadParameter(NodeReader item, ObjectFaults faults)
    {
        var field = item.Field("name");
        var name = field.RequiredText("Write the parameter's name");
        if (name?.Length > MaximumParameterName)
        {
            field.Report("is too long", $"Write at most {MaximumParameterName} characters");
        }

        return new QueryMatch(name ?? string.Empty, ReadText(item, faults));
    }

    private static TextMatch ReadText(NodeReader item, ObjectFaults faults)
    {
        FieldNames.ReportUnknown(item, "name", "exact", "prefix", "suffix", "regex");
        var given = new[]
        {
            (TextMatchKind.Exact, item.Field("exact")),
            (TextMatchKind.Prefix, item.Field("prefix")),
            (TextMatchKind.Suffix, item.Field("suffix")),
            (TextMatchKind.Regex, item.Field("regex")),
        }.Where(choice => choice.Item2.Exists).ToList();
        if (given is not [var (kind, field)])
        {
            item.Report(
                given.Count == 0 ? "does not say how the value must look" : "says in more than one way how the value must look",
                "Write one of 'exact', 'prefix', 'suffix' and 'regex'");
            return new TextMatch(TextMatchKind.Exact, string.Empty);
        }

        // Envoy takes an empty text only for the whole value.
        var text = kind == TextMatchKind.Exact ? field.Text() : field.RequiredText("Write a text, or use 'exact'");
        if (kind == TextMatchKind.Regex && text is not null && Re2Syntax.Check(text) is { } fault)
        {
            faults.Report(ConditionReasons.InvalidRegex, field, $"{fault.Message}: {field.Shown()}", fault.Fix);
        }

        return new TextMatch(kind, text ?? string.Empty);
    }
}
