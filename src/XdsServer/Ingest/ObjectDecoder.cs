using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Ingest;

/// <summary>Reads the objects that changed; one that cannot be read stays in use as it was.</summary>
internal static class ObjectDecoder
{
    /// <summary>Reads a set of objects.</summary>
    /// <param name="previous">The objects before.</param>
    /// <param name="objects">The objects now.</param>
    /// <returns>The mesh's objects; content that is equal to that before is the same instance.</returns>
    public static ImmutableDictionary<ObjectKey, DecodedObject> Decode(
        ImmutableDictionary<ObjectKey, DecodedObject> previous, ObjectSet objects)
    {
        var decoded = previous.ToBuilder();
        decoded.RemoveRange(previous.Keys.Where(key => !objects.Objects.ContainsKey(key)));
        foreach (var (key, source) in objects.Objects)
        {
            var before = previous.GetValueOrDefault(key);
            if (ReferenceEquals(before?.Source, source))
            {
                continue;
            }

            if (MeshKinds.FindMapper(source) is { } mapper)
            {
                var result = mapper(source);
                var value = result.Value is null || result.Value == before?.Value ? before?.Value : result.Value;
                decoded[key] = new DecodedObject(source, result, value);
            }
        }

        return decoded.ToImmutable();
    }
}
