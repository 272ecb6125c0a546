using System.Collections.Immutable;

namespace XdsCanary.KubeRuntime.Standalone;

/// <summary>
/// Lists the manifests of a directory without reading them. Follows links, because a mounted ConfigMap consists of links; ends
/// at a directory that encloses itself.
/// </summary>
internal sealed class DirectoryWalker
{
    private static readonly EnumerationOptions Everything = new() { AttributesToSkip = 0, IgnoreInaccessible = false };

    private readonly ImmutableDictionary<string, FileStamp>.Builder _files =
        ImmutableDictionary.CreateBuilder<string, FileStamp>(StringComparer.Ordinal);

    private readonly ImmutableArray<ListedDirectory>.Builder _directories = ImmutableArray.CreateBuilder<ListedDirectory>();

    private readonly ImmutableSortedDictionary<string, string>.Builder _unreadable =
        ImmutableSortedDictionary.CreateBuilder<string, string>(StringComparer.Ordinal);

    private readonly Stack<string> _enclosing = new();

    private DirectoryWalker()
    {
    }

    /// <summary>Lists everything below a directory.</summary>
    public static ManifestTree Walk(string root)
    {
        if (!Directory.Exists(root))
        {
            return new ManifestTree { Exists = false };
        }

        var walker = new DirectoryWalker();
        walker.Try(string.Empty, () => walker.Visit(string.Empty, RealPaths.Of(root), isLinked: false));
        return new ManifestTree
        {
            Exists = true,
            Files = walker._files.ToImmutable(),
            Directories = walker._directories.ToImmutable(),
            Unreadable = walker._unreadable.ToImmutable(),
        };
    }

    /// <summary>Looks at some files only.</summary>
    /// <returns>The files, or null when something about them asks for a look at everything.</returns>
    public static ManifestTree? Look(string root, IEnumerable<string> paths)
    {
        var files = ImmutableDictionary.CreateBuilder<string, FileStamp>(StringComparer.Ordinal);
        try
        {
            var realRoot = RealPaths.Of(root);
            foreach (var path in paths)
            {
                var real = RealPaths.Of(Path.Join(realRoot, path));
                if (StampOf(real, isLinked: real != Path.Join(realRoot, path)) is not { } stamp)
                {
                    return null;
                }

                files[path] = stamp;
            }
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            return null;
        }

        return new ManifestTree { Exists = true, IsComplete = false, Files = files.ToImmutable() };
    }

    private static FileStamp? StampOf(string realPath, bool isLinked)
    {
        var file = new FileInfo(realPath);
        return file.Exists ? new FileStamp(file.LastWriteTimeUtc, file.Length, realPath, isLinked) : null;
    }

    private void Visit(string path, string directory, bool isLinked)
    {
        if (_enclosing.Contains(directory))
        {
            return;
        }

        _enclosing.Push(directory);
        try
        {
            _directories.Add(new ListedDirectory(path, directory));
            foreach (var entry in new DirectoryInfo(directory).EnumerateFileSystemInfos("*", Everything))
            {
                if (!ManifestPaths.IsHidden(entry.Name))
                {
                    var entryPath = ManifestPaths.Join(path, entry.Name);
                    Try(entryPath, () => Entry(entryPath, entry, isLinked));
                }
            }
        }
        finally
        {
            _enclosing.Pop();
        }
    }

    private void Entry(string path, FileSystemInfo entry, bool isLinked)
    {
        var isLink = entry.LinkTarget is not null;
        var real = isLink ? RealPaths.Of(entry.FullName) : entry.FullName;
        if (Directory.Exists(real))
        {
            Visit(path, real, isLinked || isLink);
        }
        else if (ManifestPaths.IsManifest(entry.Name) && StampOf(real, isLinked || isLink) is { } stamp)
        {
            _files[path] = stamp;
        }
    }

    private void Try(string path, Action visit)
    {
        try
        {
            visit();
        }
        catch (Exception exception) when (exception is DirectoryNotFoundException or FileNotFoundException)
        {
            // It vanished since its parent was listed. That is not an error: it is as if it had gone a moment earlier.
        }
        catch (Exception exception) when (exception is IOException or UnauthorizedAccessException)
        {
            _unreadable[path] = exception.Message;
        }
    }
}
