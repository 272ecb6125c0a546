using System.Collections.Immutable;
using XdsCanary.KubeRuntime.Objects;

namespace XdsCanary.KubeRuntime.Standalone;

/// <summary>What a reading of files and directories gave.</summary>
/// <param name="Set">The objects and all faults.</param>
/// <param name="Files">The files read, in the order of their names; empty when a directory holds no manifests.</param>
public sealed record ManifestReading(ObjectSet Set, ImmutableArray<string> Files);

/// <summary>Reads manifests once, without watching: for checks on the command line.</summary>
public static class ManifestReader
{
    /// <summary>Reads files, and all manifests of directories. Origins name files as the caller named them.</summary>
    /// <param name="paths">Files (of any extension) and directories.</param>
    /// <param name="defaultNamespace">The namespace of objects whose manifest names none.</param>
    /// <returns>All objects that can be used and all faults. A path that does not exist is a fault, not an exception.</returns>
    public static ManifestReading ReadFiles(IEnumerable<string> paths, string defaultNamespace = "default")
    {
        ArgumentNullException.ThrowIfNull(paths);
        var files = ImmutableSortedDictionary.CreateBuilder<string, FileState>(StringComparer.Ordinal);
        var problems = ImmutableArray.CreateBuilder<ObjectProblem>();
        foreach (var path in paths.Distinct(StringComparer.Ordinal))
        {
            var found = FilesOf(path, problems);
            foreach (var (file, stamp) in found)
            {
                files[file] = StateOf(file, ManifestFiles.Read(file, stamp), defaultNamespace);
            }
        }

        var state = ManifestFold.Compose(ManifestState.Empty, files.ToImmutable(), problems.ToImmutable());
        return new ManifestReading(state.Set, [.. state.Files.Keys]);
    }

    private static IEnumerable<KeyValuePair<string, FileStamp>> FilesOf(
        string path, ImmutableArray<ObjectProblem>.Builder problems)
    {
        if (Directory.Exists(path))
        {
            var tree = DirectoryWalker.Walk(path);
            problems.AddRange(SourceProblems.Of(path, tree));
            return tree.Files.Select(pair => KeyValuePair.Create(Path.Join(path, pair.Key), pair.Value));
        }

        var file = new FileInfo(path);
        if (file.Exists)
        {
            var target = file.ResolveLinkTarget(returnFinalTarget: true) as FileInfo ?? file;
            return [KeyValuePair.Create(path, new FileStamp(target.LastWriteTimeUtc, target.Length, path, IsLinked: false))];
        }

        problems.Add(new ObjectProblem(
            new ObjectOrigin(path, 0), null, string.Empty, "the file does not exist", "Check the spelling of the path"));
        return [];
    }

    private static FileState StateOf(string file, FileReading reading, string defaultNamespace) => reading switch
    {
        FileReading.Content content => FileFold.Apply(FileState.Empty, file, content.Bytes.Span, defaultNamespace),
        FileReading.Unreadable unreadable => FileFold.Apply(FileState.Empty, file, unreadable),
        _ => FileFold.Apply(
            FileState.Empty,
            file,
            new FileReading.Unreadable("the file changed or went away while it was read", "Run the command again")),
    };
}
