using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Ingest.Routing;
using XdsCanary.XdsServer.Ingest.Weights;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>
/// Reads TrafficSplit objects (SMI specification, split v1alpha1 to v1alpha4) by their shape. The version label says nothing
/// about what was stored: custom resource definitions without conversion hand out any shape under any version.
/// </summary>
internal static class TrafficSplitMapper
{
    /// <summary>Reads an object.</summary>
    /// <param name="source">The object.</param>
    /// <returns>A <see cref="TrafficSplitValue"/>, or all faults.</returns>
    public static Decoded Map(SourceObject source)
    {
        var faults = new ObjectFaults(source);
        NameRules.CheckMetadata(faults.Root, NameRules.IsSubdomain);
        FieldNames.ReportUnknown(faults.Root, "apiVersion", "kind", "metadata", "spec", "status");
        var spec = faults.Root.Field("spec");
        FieldNames.ReportUnknown(spec, "service", "backends", "matches");
        var root = ReadServiceName(spec.Field("service"), "Write the name of the Service that clients call");
        var backends = ReadBackends(spec.Field("backends"), faults);
        var matches = spec.Field("matches").Items().Select(ReadMatch).ToEquatableArray();
        var routing = RoutingMapper.Map(source, backends, faults);
        return faults.Finish(() => new TrafficSplitValue
        {
            Name = source.Key.Name,
            Created = source.Created,
            Root = root,
            Backends = backends,
            Matches = matches,
            Routing = routing,
            IsSkipped = source.Annotations.ContainsKey(MeshAnnotations.Skip),
        });
    }

    private static EquatableArray<SplitBackend> ReadBackends(NodeReader field, ObjectFaults faults)
    {
        const string Fix = "List at least one backend with 'service' and 'weight'";
        var items = field.Items();
        if (!field.Exists)
        {
            field.Report("is missing", Fix);
        }
        else if (items.Count == 0 && field.Node is SequenceNode)
        {
            field.Report("is empty", Fix);
        }

        return items.Select(item => ReadBackend(item, faults)).ToEquatableArray();
    }

    private static SplitBackend ReadBackend(NodeReader item, ObjectFaults faults)
    {
        FieldNames.ReportUnknown(item, "service", "weight");
        var service = ReadServiceName(item.Field("service"), "Write the name of the backend's Service");
        return new SplitBackend(service, ReadWeight(item.Field("weight"), faults));
    }

    private static Rational ReadWeight(NodeReader field, ObjectFaults faults)
    {
        // Go clients that omit empty values leave a weight of 0 out.
        if (!field.Exists)
        {
            return default;
        }

        var isScalar = field.Node is ScalarNode { Kind: ScalarKind.Number or ScalarKind.String };
        Rational weight = default;
        var fault = isScalar ? QuantityParser.TryParse(field.Text() ?? string.Empty, out weight) : "is not a number";
        fault ??= weight.Sign < 0 ? "is negative" : null;
        if (fault is not null)
        {
            faults.Report(
                ConditionReasons.InvalidWeight, field, $"{fault}: {field.Shown()}", "Write a weight such as 10, 0.5 or 500m");
        }

        return weight;
    }

    private static SplitMatch ReadMatch(NodeReader item)
    {
        FieldNames.ReportUnknown(item, "apiGroup", "kind", "name");
        var (name, kind, group) = (item.Field("name"), item.Field("kind"), item.Field("apiGroup"));
        return new SplitMatch(
            Place(name, name.RequiredText("Write the name of an HTTPRouteGroup")),
            Place(kind, kind.RequiredText("Write HTTPRouteGroup")),
            Place(group, group.Text()));
    }

    private static PlacedText ReadServiceName(NodeReader field, string fix)
    {
        var text = field.RequiredText(fix);
        if (text is not null && !NameRules.IsSubdomain(text))
        {
            field.Report($"must be a Service's name, not {field.Shown()}", fix);
        }

        return Place(field, text);
    }

    private static PlacedText Place(NodeReader field, string? text) => new(text ?? string.Empty, field.Path, field.Position.Line);
}
