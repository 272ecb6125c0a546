using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>The endpoints of the services of a namespace. Immutable.</summary>
/// <param name="Services">The endpoints of each service that has slices.</param>
/// <param name="Notes">What was found out about slices.</param>
internal sealed record EndpointStage(
    ImmutableDictionary<NamespacedName, ResolvedEndpoints> Services,
    ImmutableDictionary<ObjectKey, ImmutableArray<ReportNote>> Notes)
{
    /// <summary>Puts the slices of a namespace together.</summary>
    /// <param name="before">What was put together before with the same options; null for nothing.</param>
    /// <param name="decoded">The objects of the namespace.</param>
    /// <param name="services">The services of the namespace.</param>
    /// <param name="options">Choices.</param>
    public static EndpointStage Resolve(
        EndpointStage? before,
        ImmutableDictionary<ObjectKey, DecodedObject> decoded,
        ImmutableDictionary<NamespacedName, ServiceValue> services,
        MeshOptions options)
    {
        var notes = new ReportNotes();
        var slices = new Dictionary<NamespacedName, List<EndpointSliceValue>>();
        foreach (var (key, item) in decoded)
        {
            if (item.Value is not EndpointSliceValue slice)
            {
                continue;
            }

            var service = services.GetValueOrDefault(slice.Service)?.Service;
            EndpointResolver.Check(key, slice, service, notes);
            if (service is not null)
            {
                if (!slices.TryGetValue(slice.Service, out var siblings))
                {
                    slices[slice.Service] = siblings = [];
                }

                siblings.Add(slice);
            }
        }

        var resolved = slices.ToImmutableDictionary(
            entry => entry.Key,
            entry => EndpointResolver.Resolve(
                services[entry.Key].Service,
                [.. entry.Value.OrderBy(slice => slice.Name)],
                options,
                before?.Services.GetValueOrDefault(entry.Key)));
        return new EndpointStage(resolved, notes.ToNotes());
    }
}
