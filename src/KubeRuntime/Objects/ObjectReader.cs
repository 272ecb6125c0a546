using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Documents;

namespace XdsCanary.KubeRuntime.Objects;

/// <summary>
/// Turns documents into <see cref="SourceObject"/>s: unpacks lists, checks identity and metadata, reports every fault. Pure.
/// The rules are those of the API server (https://kubernetes.io/docs/concepts/overview/working-with-objects/names/), so that
/// what is accepted here can be applied there.
/// </summary>
public static class ObjectReader
{
    /// <summary>Reads the objects of one document.</summary>
    /// <param name="document">The document.</param>
    /// <param name="file">The file for origins; null for an API server.</param>
    /// <param name="defaultNamespace">The namespace of objects that name none.</param>
    public static ObjectReading Read(ReadDocument document, string? file, string defaultNamespace)
    {
        ArgumentNullException.ThrowIfNull(document);
        var origin = new ObjectOrigin(file, document.Line);
        if (document.Root is not MappingNode root)
        {
            return new ObjectReading([], document.Root is null ? Place(document.Problems) : [NotAnObject(file, document.Root)]);
        }

        if (!document.Problems.IsEmpty)
        {
            // Of a key that is written twice nobody knows which one was meant, so the document is not used.
            return new ObjectReading([], Place(document.Problems, IdentityReader.Guess(root, defaultNamespace)));
        }

        var objects = ImmutableArray.CreateBuilder<SourceObject>();
        var problems = ImmutableArray.CreateBuilder<ObjectProblem>();
        foreach (var item in ListUnpacker.Unpack(root, origin, problems))
        {
            ReadOne(item, defaultNamespace, objects, problems);
        }

        return new ObjectReading(objects.ToImmutable(), problems.ToImmutable());

        ImmutableArray<ObjectProblem> Place(ImmutableArray<NodeProblem> faults, ObjectKey? key = null) =>
            [.. faults.Select(fault => Located(fault, origin, key))];
    }

    /// <summary>Makes a fault of a node a fault of an object: the same words, with the place in the file.</summary>
    /// <param name="problem">The fault.</param>
    /// <param name="origin">Where the object stands.</param>
    /// <param name="key">The object, when it is known.</param>
    public static ObjectProblem Located(NodeProblem problem, ObjectOrigin origin, ObjectKey? key)
    {
        ArgumentNullException.ThrowIfNull(problem);
        ArgumentNullException.ThrowIfNull(origin);
        var place = problem.Position.Line > 0 ? origin with { Line = problem.Position.Line } : origin;
        return new ObjectProblem(place, key, problem.Field, problem.Message, problem.Fix);
    }

    private static void ReadOne(
        ListItem item,
        string defaultNamespace,
        ImmutableArray<SourceObject>.Builder objects,
        ImmutableArray<ObjectProblem>.Builder problems)
    {
        var faults = new List<NodeProblem>();
        var reader = item.Reader(faults);
        var identity = IdentityReader.Read(reader, item, defaultNamespace);
        var metadata = MetadataReader.Read(reader.Field("metadata"));
        if (identity is null || faults.Count > 0)
        {
            var guess = IdentityReader.Guess(item.Root, defaultNamespace);
            problems.AddRange(faults.Select(fault => Located(fault, item.Origin, guess)));
            return;
        }

        objects.Add(new SourceObject
        {
            Key = identity.Key,
            ApiVersion = identity.ApiVersion,
            Root = item.Root,
            Origin = item.Origin,
            Fingerprint = Fingerprints.Of(item.Root),
            Labels = metadata.Labels,
            Annotations = metadata.Annotations,
            Created = metadata.Created,
            Generation = metadata.Generation,
        });
    }

    private static ObjectProblem NotAnObject(string? file, DocumentNode root) => new(
        new ObjectOrigin(file, root.Position.Line),
        null,
        string.Empty,
        $"the document is {(root is SequenceNode ? "a list" : "a single value")}, not an object",
        "Write apiVersion, kind and metadata; separate objects by lines of '---'");
}
