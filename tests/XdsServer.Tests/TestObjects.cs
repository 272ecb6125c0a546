using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.XdsServer.Tests;

/// <summary>Reads manifests into object sets with the product's own reader, as an object source does.</summary>
internal static class TestObjects
{
    private const string File = "input.yaml";

    /// <summary>
    /// Reads manifests; an object that says the same as in the set before, at the same place, is the same instance. A document
    /// that is not an object fails the test.
    /// </summary>
    public static ObjectSet Read(string yaml, ObjectSet? previous = null)
    {
        var objects = ImmutableDictionary.CreateBuilder<ObjectKey, SourceObject>();
        foreach (var document in DocumentReader.Read(yaml, DocumentSyntax.Yaml))
        {
            var reading = ObjectReader.Read(document, File, "default");
            Assert.Empty(reading.Problems);
            foreach (var found in reading.Objects)
            {
                objects.Add(found.Key, SameOrNew(previous?.Objects.GetValueOrDefault(found.Key), found));
            }
        }

        return new ObjectSet(objects.ToImmutable(), [], (previous?.Revision ?? 0) + 1);
    }

    private static SourceObject SameOrNew(SourceObject? before, SourceObject found) =>
        before?.Fingerprint == found.Fingerprint && before.Origin == found.Origin ? before : found;
}
