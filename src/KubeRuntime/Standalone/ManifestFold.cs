using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Standalone;

/// <summary>All files of a directory and the objects that they make together. Immutable.</summary>
/// <param name="Files">The files by path, in ordinal order.</param>
/// <param name="Set">What the files hold together.</param>
internal sealed record ManifestState(ImmutableSortedDictionary<string, FileState> Files, ObjectSet Set)
{
    /// <summary>No files.</summary>
    public static ManifestState Empty { get; } =
        new(ImmutableSortedDictionary.Create<string, FileState>(StringComparer.Ordinal), ObjectSet.Empty);
}

/// <summary>
/// Makes one set of objects out of many files. Pure. An object that stands in two places is taken from the first by file and
/// line, so that the result does not depend on the order in which files were read.
/// </summary>
internal static class ManifestFold
{
    /// <summary>Puts the files' objects together.</summary>
    /// <param name="previous">The state before, whose set is handed on when nothing differs.</param>
    /// <param name="files">The files as they are now.</param>
    /// <param name="sourceProblems">Problems of the directory itself.</param>
    public static ManifestState Compose(
        ManifestState previous,
        ImmutableSortedDictionary<string, FileState> files,
        ImmutableArray<ObjectProblem> sourceProblems)
    {
        var objects = new Dictionary<ObjectKey, SourceObject>();
        var problems = sourceProblems.ToList();
        foreach (var (path, file) in files)
        {
            problems.AddRange(file.Problems);
            problems.AddRange(AddAll(objects, file.Objects));
        }

        files = KeepLastGood(previous, files, objects);
        var sorted = problems.Order(Comparer<ObjectProblem>.Create(ByPlace)).ToImmutableArray();
        return new ManifestState(files, Replace(previous.Set, objects, sorted, KeptKeys(files)));
    }

    private static IEnumerable<ObjectProblem> AddAll(
        Dictionary<ObjectKey, SourceObject> objects,
        ImmutableArray<SourceObject> found)
    {
        foreach (var item in found)
        {
            if (!objects.TryAdd(item.Key, item))
            {
                yield return new ObjectProblem(
                    item.Origin,
                    item.Key,
                    string.Empty,
                    $"the object is already defined at {objects[item.Key].Origin}, which is used",
                    "Remove or rename one of the two");
            }
        }
    }

    /// <summary>
    /// Adds the kept objects that no readable document holds. One that turned up elsewhere was moved: it is not kept any longer,
    /// or it would come back when it is deleted there. One that stood elsewhere all along as an unused duplicate stays in use: a
    /// fault in one file must not put another definition in force.
    /// </summary>
    private static ImmutableSortedDictionary<string, FileState> KeepLastGood(
        ManifestState previous,
        ImmutableSortedDictionary<string, FileState> files,
        Dictionary<ObjectKey, SourceObject> objects)
    {
        foreach (var (path, file) in files)
        {
            if (file.Kept.IsEmpty)
            {
                continue;
            }

            foreach (var item in file.Kept.Where(item => WasPreferred(previous, item, objects.GetValueOrDefault(item.Key))))
            {
                objects[item.Key] = item;
            }

            var kept = file.Kept.RemoveAll(item => !objects.TryAdd(item.Key, item) && !ReferenceEquals(objects[item.Key], item));
            if (kept.Length != file.Kept.Length)
            {
                files = files.SetItem(path, file with { Kept = kept });
            }
        }

        return files;
    }

    private static bool WasPreferred(ManifestState previous, SourceObject kept, SourceObject? other) =>
        other is not null
        && previous.Set.Objects.TryGetValue(kept.Key, out var used) && ReferenceEquals(used, kept)
        && previous.Files.TryGetValue(other.Origin.File ?? string.Empty, out var file)
        && file.Objects.Any(item => item.Key == kept.Key);

    private static ImmutableHashSet<ObjectKey> KeptKeys(ImmutableSortedDictionary<string, FileState> files) =>
        [.. files.Values.SelectMany(file => file.Hash is null ? file.Objects.Concat(file.Kept) : file.Kept).Select(item => item.Key)];

    private static ObjectSet Replace(
        ObjectSet previous,
        Dictionary<ObjectKey, SourceObject> objects,
        ImmutableArray<ObjectProblem> problems,
        ImmutableHashSet<ObjectKey> kept)
    {
        var builder = previous.Objects.ToBuilder();
        var changed = previous.Objects.Keys.Where(key => !objects.ContainsKey(key)).ToList();
        builder.RemoveRange(changed);
        foreach (var (key, item) in objects)
        {
            if (!builder.TryGetValue(key, out var known) || !ReferenceEquals(known, item))
            {
                builder[key] = item;
                changed.Add(key);
            }
        }

        var replaced = builder.ToImmutable();
        return ReferenceEquals(replaced, previous.Objects) && previous.Problems.SequenceEqual(problems)
            && previous.Kept.SetEquals(kept)
            ? previous
            : previous.Next(replaced, [.. changed]) with { Problems = problems, Kept = kept };
    }

    private static int ByPlace(ObjectProblem left, ObjectProblem right)
    {
        var byFile = string.CompareOrdinal(left.Origin.File, right.Origin.File);
        return byFile != 0 ? byFile : left.Origin.Line.CompareTo(right.Origin.Line);
    }
}
