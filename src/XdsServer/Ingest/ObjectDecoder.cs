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
    /// <summary>Reads what changed since the objects before.</summary>
    /// <param name="previous">The namespaces before.</param>
    /// <param name="objects">The objects now; kinds that are not the mesh's are passed over.</param>
    /// <param name="changed">At least the objects that are not the same as before; null when all must be compared.</param>
    /// <returns>The changes by namespace; content that is equal to that before is the same instance.</returns>
    public static ILookup<string, DecodedChange> FindChanges(
        ImmutableSortedDictionary<string, NamespaceAssembly> previous, ObjectSet objects, IReadOnlyCollection<ObjectKey>? changed)
    {
        // Whose a kind is shows in its name, whatever the object says.
        var passedOver = new HashSet<(string Group, string Kind)>();
        var keys = changed ?? previous.Values.SelectMany(space => space.Decoded.Keys)
            .Where(key => !objects.Objects.ContainsKey(key))
            .Concat(objects.Objects.Keys);
        return keys
            .Where(key => !passedOver.Contains((key.Group, key.Kind)))
            .Select(key => FindChange(Find(previous, key), objects.Objects.GetValueOrDefault(key), key, passedOver))
            .OfType<DecodedChange>()
            .ToLookup(change => change.Key.Name.Namespace, StringComparer.Ordinal);
    }

    private static DecodedObject? Find(ImmutableSortedDictionary<string, NamespaceAssembly> spaces, ObjectKey key) =>
        spaces.GetValueOrDefault(key.Name.Namespace)?.Decoded.GetValueOrDefault(key);

    private static DecodedChange? FindChange(
        DecodedObject? before, SourceObject? source, ObjectKey key, HashSet<(string Group, string Kind)> passedOver)
    {
        if (ReferenceEquals(before?.Source, source))
        {
            return null;
        }

        if (source is null)
        {
            return new DecodedChange(key, null);
        }

        if (MeshKinds.FindMapper(source) is not { } mapper)
        {
            passedOver.Add((key.Group, key.Kind));
            return null;
        }

        var result = mapper(source);
        var value = result.Value is null || result.Value == before?.Value ? before?.Value : result.Value;
        return new DecodedChange(key, new DecodedObject(source, result, value));
    }
}
