using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>An object that is not what it was.</summary>
/// <param name="Key">The object.</param>
/// <param name="Item">The object now; null when it is gone.</param>
internal sealed record DecodedChange(ObjectKey Key, DecodedObject? Item);

/// <summary>Reads the objects that changed; one that cannot be read stays in use as it was.</summary>
internal static class ObjectDecoder
{
    /// <summary>Reads what changed since the objects before. Costs a look at each object, and work for each that changed only.</summary>
    /// <param name="previous">The namespaces before.</param>
    /// <param name="objects">The objects now; kinds that are not the mesh's are passed over.</param>
    /// <returns>The changes by namespace; content that is equal to that before is the same instance.</returns>
    public static ILookup<string, DecodedChange> FindChanges(
        ImmutableSortedDictionary<string, NamespaceAssembly> previous, ObjectSet objects)
    {
        var spaces = previous.ToDictionary(pair => pair.Key, pair => pair.Value.Decoded, StringComparer.Ordinal);
        var passedOver = new HashSet<(string Group, string Kind)>();
        var changes = new List<DecodedChange>();
        var known = 0;
        foreach (var (key, source) in objects.Objects)
        {
            if (passedOver.Contains((key.Group, key.Kind)))
            {
                continue;
            }

            var before = spaces.TryGetValue(key.Name.Namespace, out var space) ? space.GetValueOrDefault(key) : null;
            known += before is null ? 0 : 1;
            if (ReferenceEquals(before?.Source, source))
            {
                continue;
            }

            if (MeshKinds.FindMapper(source) is { } mapper)
            {
                var result = mapper(source);
                var value = result.Value is null || result.Value == before?.Value ? before?.Value : result.Value;
                changes.Add(new DecodedChange(key, new DecodedObject(source, result, value)));
            }
            else
            {
                // Whose a kind is shows in its name, whatever the object says.
                passedOver.Add((key.Group, key.Kind));
            }
        }

        if (known < spaces.Values.Sum(space => space.Count))
        {
            changes.AddRange(spaces.Values.SelectMany(space => space.Keys)
                .Where(key => !objects.Objects.ContainsKey(key))
                .Select(key => new DecodedChange(key, null)));
        }

        return changes.ToLookup(change => change.Key.Name.Namespace, StringComparer.Ordinal);
    }
}
