using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.CanaryEngine.Tests;

/// <summary>Reads manifests with the product's own reader, as an object source does.</summary>
internal static class Manifests
{
    /// <summary>Reads all objects of a text. A document that is not an object fails the test.</summary>
    public static ImmutableDictionary<ObjectKey, SourceObject> Read(string yaml)
    {
        var objects = ImmutableDictionary.CreateBuilder<ObjectKey, SourceObject>();
        foreach (var document in DocumentReader.Read(yaml, DocumentSyntax.Yaml))
        {
            var reading = ObjectReader.Read(document, "input.yaml", "test");
            Assert.Empty(reading.Problems);
            objects.AddRange(reading.Objects.Select(found => KeyValuePair.Create(found.Key, found)));
        }

        return objects.ToImmutable();
    }

    /// <summary>Reads a text of one object.</summary>
    public static SourceObject ReadOne(string yaml) => Assert.Single(Read(yaml)).Value;
}
