using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>Reads the objects of one namespace into its mesh. What depends on nothing that changed is taken over.</summary>
internal static class NamespaceAssembler
{
    /// <summary>Reads a namespace.</summary>
    /// <param name="name">Its name.</param>
    /// <param name="before">What it was, read with the same options; null when there is nothing to take over.</param>
    /// <param name="decoded">Its objects now.</param>
    /// <param name="changes">With <paramref name="before"/>, what is not the same as then.</param>
    /// <param name="options">Choices.</param>
    public static NamespaceAssembly Assemble(
        string name,
        NamespaceAssembly? before,
        ImmutableDictionary<ObjectKey, DecodedObject> decoded,
        IReadOnlyCollection<DecodedChange> changes,
        MeshOptions options)
    {
        // An object that only moved in its file keeps its content.
        var changed = changes
            .Where(change => change.Key.Kind == RouteGroup || !ReferenceEquals(before?.Decoded.GetValueOrDefault(change.Key)?.Value, change.Item?.Value))
            .ToList();
        var services = before is null || Has<ServiceValue>(changed, before.Decoded)
            ? decoded.Values.Select(item => item.Value).OfType<ServiceValue>().ToImmutableDictionary(value => value.Service.Name)
            : before.Services;
        var isSameServices = ReferenceEquals(services, before?.Services);
        var endpoints = isSameServices && !Has<EndpointSliceValue>(changed, before!.Decoded)
            ? before.Endpoints
            : EndpointStage.Resolve(before?.Endpoints, decoded, services, options);
        var splits = SplitResolver.Resolve(
            isSameServices && changed.TrueForAll(change => change.Key.Kind != RouteGroup) ? before!.Splits : null,
            changed.Select(change => change.Key).Where(key => key.Kind == Split).ToHashSet(),
            decoded,
            services,
            options);
        var next = new MeshNamespace
        {
            Name = name,
            Services = isSameServices
                ? before!.Mesh.Services
                : services.Values.Select(value => value.Service).OrderBy(service => service.Name).ToEquatableArray(),
            Endpoints = ReferenceEquals(endpoints, before?.Endpoints)
                ? before.Mesh.Endpoints
                : endpoints.Services.OrderBy(entry => entry.Key).SelectMany(entry => entry.Value.Groups).ToEquatableArray(),
            Rules = splits.Rules,
        };
        return WithReports(
            new NamespaceAssembly
            {
                Mesh = before?.Mesh.IsSame(next) == true ? before.Mesh : next,
                Decoded = decoded,
                Services = services,
                Endpoints = endpoints,
                Splits = splits,
                Reports = ImmutableDictionary<ObjectKey, ObjectReport>.Empty,
                Faulty = ImmutableDictionary<ObjectKey, ObjectReport>.Empty,
            },
            before,
            changes);
    }

    private const string Split = "TrafficSplit";
    private const string RouteGroup = "HTTPRouteGroup";

    private static bool Has<T>(List<DecodedChange> changed, ImmutableDictionary<ObjectKey, DecodedObject> before)
        where T : DecodedValue =>
        changed.Exists(change => change.Item?.Value is T || before.GetValueOrDefault(change.Key)?.Value is T);

    private static NamespaceAssembly WithReports(
        NamespaceAssembly next, NamespaceAssembly? before, IReadOnlyCollection<DecodedChange> changes)
    {
        var reports = (before?.Reports ?? next.Reports).ToBuilder();
        var faulty = (before?.Faulty ?? next.Faulty).ToBuilder();
        foreach (var key in before is null ? next.Decoded.Keys : Concerned(next, before, changes))
        {
            if (!next.Decoded.TryGetValue(key, out var item))
            {
                reports.Remove(key);
                faulty.Remove(key);
                continue;
            }

            var report = ReportWriter.Make(item, NotesOf(next, key));
            report = reports.GetValueOrDefault(key) is { } known && known == report ? known : report;
            reports[key] = report;
            if (report.IsHealthy)
            {
                faulty.Remove(key);
            }
            else
            {
                faulty[key] = report;
            }
        }

        return next with { Reports = reports.ToImmutable(), Faulty = faulty.ToImmutable() };
    }

    private static HashSet<ObjectKey> Concerned(
        NamespaceAssembly next, NamespaceAssembly before, IReadOnlyCollection<DecodedChange> changes) =>
    [
        .. changes.Select(change => change.Key),
        .. Renoted(before.Endpoints.Notes, next.Endpoints.Notes),
        .. Renoted(before.Splits.Notes, next.Splits.Notes),
    ];

    private static IEnumerable<ObjectKey> Renoted(
        ImmutableDictionary<ObjectKey, ImmutableArray<ReportNote>> before, ImmutableDictionary<ObjectKey, ImmutableArray<ReportNote>> next) =>
        ReferenceEquals(before, next) ? []
        : before.Keys.Concat(next.Keys).Where(key => before.GetValueOrDefault(key) != next.GetValueOrDefault(key));

    // Slices have notes from one stage, splits from the other.
    private static ImmutableArray<ReportNote> NotesOf(NamespaceAssembly space, ObjectKey key) =>
        space.Splits.Notes.TryGetValue(key, out var notes) ? notes : space.Endpoints.Notes.GetValueOrDefault(key, []);
}
