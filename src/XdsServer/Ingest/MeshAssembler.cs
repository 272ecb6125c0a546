using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.XdsServer.Model;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>
/// Reads a set of objects into a mesh. Objects that cannot be read are left out, or stay as they were, one by one; they never
/// keep the others from being used.
/// </summary>
internal static class MeshAssembler
{
    /// <summary>Reads the objects; what did not change since the assembly before is taken from it.</summary>
    /// <param name="previous">The assembly before; null for the first.</param>
    /// <param name="objects">All objects; kinds that are not the mesh's are passed over.</param>
    /// <param name="options">Choices.</param>
    public static MeshAssembly Assemble(MeshAssembly? previous, ObjectSet objects, MeshOptions options)
    {
        // Decoding takes no options, so an object's last good version outlives a change of them.
        var decoded = ObjectDecoder.Decode(previous?.Decoded ?? ImmutableDictionary<ObjectKey, DecodedObject>.Empty, objects);
        var before = previous?.Options == options ? previous : null;
        var services = decoded.Values
            .Select(item => item.Value)
            .OfType<ServiceValue>()
            .ToDictionary(value => value.Service.Name);
        var notes = new ReportNotes();
        var endpoints = ResolveEndpoints(before, decoded, services, options, notes);
        var rules = SplitResolver.Resolve(decoded, services, options, notes);
        var state = new MeshState
        {
            Services = services.Values.Select(value => value.Service).OrderBy(service => service.Name).ToEquatableArray(),
            Endpoints = endpoints.OrderBy(entry => entry.Key).SelectMany(entry => entry.Value.Groups).ToEquatableArray(),
            Rules = rules,
        };
        return new MeshAssembly
        {
            State = previous is not null && previous.State == state ? previous.State : state,
            Reports = notes.ToReports(decoded.Values, previous?.Reports ?? []),
            Options = options,
            Decoded = decoded,
            Endpoints = endpoints,
        };
    }

    private static ImmutableDictionary<NamespacedName, ResolvedEndpoints> ResolveEndpoints(
        MeshAssembly? before,
        ImmutableDictionary<ObjectKey, DecodedObject> decoded,
        Dictionary<NamespacedName, ServiceValue> services,
        MeshOptions options,
        ReportNotes notes)
    {
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

        return slices.ToImmutableDictionary(
            entry => entry.Key,
            entry => EndpointResolver.Resolve(
                services[entry.Key].Service,
                [.. entry.Value.OrderBy(slice => slice.Name)],
                options,
                before?.Endpoints.GetValueOrDefault(entry.Key)));
    }
}
