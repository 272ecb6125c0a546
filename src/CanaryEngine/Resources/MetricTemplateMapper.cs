using XdsCanary.CanaryEngine.Core;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Resources;

/// <summary>Reads MetricTemplate objects (flagger.app). Pure.</summary>
public static class MetricTemplateMapper
{
    // Providers that Flagger has.
    private static readonly string[] Elsewhere =
    [
        "influxdb", "datadog", "externalmetrics", "stackdriver", "cloudwatch", "newrelic", "graphite", "dynatrace", "keptn", "splunk",
    ];

    /// <summary>Reads an object.</summary>
    /// <param name="source">The object.</param>
    /// <param name="options">What it is read for.</param>
    /// <returns>What it says, or all its faults.</returns>
    public static Mapped<MetricTemplateSpec> Map(SourceObject source, MapperOptions options)
    {
        ArgumentNullException.ThrowIfNull(source);
        ArgumentNullException.ThrowIfNull(options);
        var findings = new Findings(source, options);
        findings.CheckFrame("v1beta1", "v1alpha3", "v1alpha1");
        var spec = findings.Root.Field("spec");
        FieldNames.ReportUnknown(spec, "provider", "query");
        var provider = spec.Field("provider");
        FieldNames.ReportUnknown(provider, "type", "address", "headers", "secretRef", "insecureSkipVerify", "region");
        findings.NoteUnused(provider.Field("region"), "it is for cloudwatch");
        var type = ReadType(provider.Field("type"));
        var result = new MetricTemplateSpec
        {
            Key = source.Key.Name,
            Provider = type,
            Address = provider.Field("address").WebAddress(),
            Headers = ReadHeaders(provider.Field("headers")),
            Secret = SecretReader.Read(provider.Field("secretRef"), findings),
            SkipVerify = provider.Field("insecureSkipVerify").Boolean() ?? false,
            Query = spec.Field("query").RequiredText("Write the query") ?? string.Empty,
        };
        if (type == MetricProviderType.Envoy)
        {
            NoteUnused(provider, findings, "address", "headers", "secretRef", "insecureSkipVerify");
        }

        return findings.Finish(() => result);
    }

    private static void NoteUnused(NodeReader provider, Findings findings, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            findings.NoteUnused(provider.Field(name), "the connected Envoys are asked");
        }
    }

    private static MetricProviderType ReadType(NodeReader field)
    {
        if (field.RequiredText("Write prometheus or envoy") is not { } text)
        {
            return MetricProviderType.Prometheus;
        }

        if (Elsewhere.Contains(text))
        {
            field.Report(
                $"'{text}' is a provider of Flagger that cannot be asked here",
                "Use prometheus or envoy, or judge in a webhook of type rollout that asks it");
            return MetricProviderType.Prometheus;
        }

        return field.Choice(("prometheus", MetricProviderType.Prometheus), ("envoy", MetricProviderType.Envoy))
            ?? MetricProviderType.Prometheus;
    }

    private static EquatableArray<TemplateVariable> ReadHeaders(NodeReader field)
    {
        var headers = new List<TemplateVariable>();
        foreach (var (name, values) in field.Entries().OrderBy(entry => entry.Key, StringComparer.Ordinal))
        {
            if (!NameForms.IsToken(name))
            {
                values.Report("is not the name of a header", "Use letters, digits and '-'");
            }

            foreach (var value in values.Items())
            {
                var text = value.Text() ?? string.Empty;
                if (text.Any(char.IsControl))
                {
                    value.Report("cannot be sent in a header", "Write it on one line, without control characters");
                }

                headers.Add(new TemplateVariable(name, text));
            }
        }

        return headers.ToEquatableArray();
    }
}
