using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest.Routing;

/// <summary>
/// Reads the annotation <c>xdscanary.io/routing</c> of a TrafficSplit, a JSON text, with all its faults.
/// </summary>
internal static class RoutingMapper
{
    /// <summary>Reads the annotation.</summary>
    /// <param name="source">The TrafficSplit.</param>
    /// <param name="backends">Its backends.</param>
    /// <param name="faults">Takes the faults.</param>
    /// <returns>What it says; null when there is none, or when it has faults.</returns>
    public static SplitRouting? Map(SourceObject source, EquatableArray<SplitBackend> backends, ObjectFaults faults)
    {
        if (source.Annotations.GetValueOrDefault(MeshAnnotations.Routing) is not { } text)
        {
            return null;
        }

        var field = faults.Root.Field("metadata").Field("annotations").Field(MeshAnnotations.Routing);
        var problems = new List<NodeProblem>();
        var routing = Parse(text, field, problems) is { } root
            ? Read(new NodeReader(root, field.Path, field.Position, problems), backends, faults)
            : null;
        faults.Adopt(field, problems);
        return problems.Count == 0 ? routing : null;
    }

    private static MappingNode? Parse(string text, NodeReader field, List<NodeProblem> problems)
    {
        const string Fix = "Write one JSON object, for example {\"mirror\":{\"backend\":\"app-canary\",\"percent\":10}}";
        var documents = DocumentReader.Read(text, DocumentSyntax.Json);
        if (documents is [{ Root: MappingNode root, Problems.IsEmpty: true }])
        {
            return root;
        }

        var reason = documents.SelectMany(document => document.Problems).FirstOrDefault()?.Message;
        problems.Add(new NodeProblem(
            field.Position, field.Path, reason is null ? "must be a JSON object" : $"is not valid JSON: {reason}", Fix));
        return null;
    }

    private static SplitRouting Read(NodeReader root, EquatableArray<SplitBackend> backends, ObjectFaults faults)
    {
        FieldNames.ReportUnknown(root, "match", "fallback", "mirror", "affinity");
        var names = new BackendNames([.. backends.Items.Select(backend => backend.Service.Text)]);
        var match = root.Field("match").Items().Select(item => ConditionReader.Read(item, faults)).ToEquatableArray();
        return new SplitRouting
        {
            Match = match,
            Fallback = match.Count > 0 ? names.Required(root.Field("fallback")) : names.Optional(root.Field("fallback")),
            Mirror = ReadMirror(root.Field("mirror"), names),
            Affinity = AffinityReader.Read(root.Field("affinity"), names),
        };
    }

    private static MirrorPolicy? ReadMirror(NodeReader field, BackendNames names)
    {
        if (!field.Exists)
        {
            return null;
        }

        FieldNames.ReportUnknown(field, "backend", "percent");
        var backend = names.Required(field.Field("backend"));
        var percent = (int)(field.Field("percent").Integer(0, 100) ?? 100);
        return percent == 0 ? null : new MirrorPolicy(backend, percent);
    }
}
