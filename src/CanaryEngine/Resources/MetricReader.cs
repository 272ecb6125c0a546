using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads <c>spec.analysis.metrics</c>.</summary>
internal static class MetricReader
{
    private static readonly TimeSpan ShortestWindow = TimeSpan.FromSeconds(1);
    private static readonly string[] BuiltIn = [MetricCheck.SuccessRateName, MetricCheck.DurationName];

    /// <summary>Reads the list.</summary>
    /// <param name="field">The field.</param>
    /// <param name="findings">Tells what is allowed.</param>
    public static EquatableArray<MetricCheck> Read(NodeReader field, Findings findings)
    {
        var checks = new List<MetricCheck>();
        foreach (var item in field.Items())
        {
            var name = item.Field("name");
            if (checks.Exists(check => check.Name == name.Text()))
            {
                name.Report($"{name.Shown()} is the name of an earlier metric, too", "Give each metric a name of its own");
            }

            checks.AddRange(ReadOne(item, findings));
        }

        return checks.ToEquatableArray();
    }

    private static IEnumerable<MetricCheck> ReadOne(NodeReader item, Findings findings)
    {
        FieldNames.ReportUnknown(
            item, "name", "interval", "threshold", "thresholdRange", "min", "max", "query", "templateRef", "templateVariables");
        var name = item.Field("name").RequiredText("Write a name for the metric") ?? string.Empty;
        var interval = item.Field("interval").Duration(ShortestWindow) ?? TimeSpan.FromMinutes(1);
        var written = item.Field("interval").Text() ?? "1m";
        var sources = ReadSources(item, name);
        var template = ReadTemplate(item.Field("templateRef"), findings);
        var bounds = MetricBounds.Read(item, sources[0]);
        foreach (var source in sources)
        {
            yield return new MetricCheck
            {
                // Answers are kept by name; each of the two that may share one needs its own.
                Name = source == MetricSource.Template && sources.Count > 1 ? $"{name}:{template?.Name}" : name,
                Source = source,
                Interval = interval,
                IntervalText = DurationText.ForQuery(interval, written),
                Range = bounds.For(source),
                Query = source == MetricSource.Query ? item.Field("query").Text() ?? string.Empty : string.Empty,
                Template = source == MetricSource.Template ? template : null,
                Variables = source is MetricSource.Query or MetricSource.Template ? item.Field("templateVariables").Texts() : [],
            };
        }

        if (!sources.Exists(source => source is MetricSource.Query or MetricSource.Template))
        {
            findings.NoteUnused(item.Field("templateVariables"), "built-in metrics have no variables");
        }
    }

    private static List<MetricSource> ReadSources(NodeReader item, string name)
    {
        var (query, template) = (item.Field("query"), item.Field("templateRef"));
        var sources = new List<MetricSource>();
        if (BuiltIn.Contains(name))
        {
            sources.Add(name == MetricCheck.SuccessRateName ? MetricSource.SuccessRate : MetricSource.Duration);
            query.ReportIfThere($"cannot be given for the built-in {name}", "Remove it, or give the metric another name");
        }
        else if (query.Exists)
        {
            query.RequiredText("Write the query, or remove the field");
            sources.Add(MetricSource.Query);
        }

        if (template.Exists && query.Exists)
        {
            template.Report("cannot be given together with query", "Keep one of the two");
        }
        else if (template.Exists)
        {
            sources.Add(MetricSource.Template);
        }

        if (sources.Count == 0)
        {
            ReportNoSource(item.Field("name"), name);
            sources.Add(MetricSource.Query);
        }

        return sources;
    }

    private static void ReportNoSource(NodeReader field, string name)
    {
        if (name.Length > 0)
        {
            var fix = NearestName.Find(name, BuiltIn) is { } nearest
                ? $"Write '{nearest}'"
                : $"Write a templateRef or a query beside it, or one of {string.Join(", ", BuiltIn)}";
            field.Report($"{field.Shown()} is not a built-in metric, and there is neither templateRef nor query", fix);
        }
    }

    private static NamespacedName? ReadTemplate(NodeReader field, Findings findings)
    {
        if (!field.Exists)
        {
            return null;
        }

        FieldNames.ReportUnknown(field, "name", "namespace");
        var name = field.Field("name").RequiredName("Write the name of a MetricTemplate");
        ReferenceReader.CheckSpace(field, "metric template", findings);
        return new NamespacedName(field.Field("namespace").Namespace() ?? findings.Key.Namespace, name);
    }
}
