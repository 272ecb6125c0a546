using System.Collections.Immutable;
using System.IO.Hashing;
using XdsCanary.KubeRuntime.Documents;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Standalone;

/// <summary>
/// Folds a new reading of one file into what is known of it. Pure. Last good wins: while a document of the file is unreadable,
/// nothing that the file held is taken to be deleted, because the unreadable text may be meant to hold it still.
/// </summary>
internal static class FileFold
{
    /// <summary>Folds the content of a file.</summary>
    public static FileState Apply(FileState previous, string path, ReadOnlySpan<byte> bytes, string defaultNamespace)
    {
        var hash = Convert.ToHexStringLower(XxHash128.Hash(bytes));
        if (hash == previous.Hash)
        {
            return previous;
        }

        var before = ByKey(previous);
        var objects = ImmutableArray.CreateBuilder<SourceObject>();
        var problems = ImmutableArray.CreateBuilder<ObjectProblem>();
        foreach (var document in DocumentReader.Read(bytes, ManifestPaths.SyntaxOf(path)))
        {
            var reading = ObjectReader.Read(document, path, defaultNamespace);
            objects.AddRange(reading.Objects.Select(found => SameOrNew(before, found)));
            problems.AddRange(reading.Problems);
        }

        var kept = problems.Count == 0 ? [] : Missing(before, objects);
        return new FileState(hash, objects.ToImmutable(), kept, problems.ToImmutable());
    }

    /// <summary>Folds the fact that a file could not be read: its objects stay, whatever it holds now.</summary>
    public static FileState Apply(FileState previous, string path, FileReading.Unreadable fault) => previous with
    {
        Hash = null,
        Problems = [new ObjectProblem(new ObjectOrigin(path, 0), null, string.Empty, fault.Message, fault.Fix)],
    };

    private static Dictionary<ObjectKey, SourceObject> ByKey(FileState state)
    {
        var byKey = new Dictionary<ObjectKey, SourceObject>();
        foreach (var known in state.Objects.Concat(state.Kept))
        {
            byKey.TryAdd(known.Key, known);
        }

        return byKey;
    }

    private static SourceObject SameOrNew(Dictionary<ObjectKey, SourceObject> before, SourceObject found) =>
        before.TryGetValue(found.Key, out var known)
            && known.Fingerprint == found.Fingerprint
            && known.Origin == found.Origin
            && Fingerprints.SamePlaces(known.Root, found.Root)
            ? known
            : found;

    private static ImmutableArray<SourceObject> Missing(
        Dictionary<ObjectKey, SourceObject> before,
        ImmutableArray<SourceObject>.Builder objects)
    {
        var found = objects.Select(item => item.Key).ToHashSet();
        return [.. before.Values.Where(known => !found.Contains(known.Key)).OrderBy(known => known.Key.Name)];
    }
}
