namespace XdsCanary.KubeRuntime.Standalone.Watching;

/// <summary>
/// Which watch stands for which paths. One directory may be reached by several paths (links) and then has one watch. Pure
/// bookkeeping; the owner guards it.
/// </summary>
internal sealed class WatchedDirectories
{
    private readonly Dictionary<int, HashSet<string>> _pathsByWatch = [];
    private readonly Dictionary<string, int> _watchByPath = new(StringComparer.Ordinal);

    /// <summary>The paths of a watch; none for a watch that is not known (any more).</summary>
    public IReadOnlyCollection<string> PathsOf(int watch) =>
        _pathsByWatch.TryGetValue(watch, out var paths) ? paths : [];

    /// <summary>Notes that a path is watched.</summary>
    /// <returns>True when it was not, or by another watch (another directory took its place).</returns>
    public bool Set(string path, int watch)
    {
        if (_watchByPath.TryGetValue(path, out var before))
        {
            if (before == watch)
            {
                return false;
            }

            _pathsByWatch[before].Remove(path);
        }

        _watchByPath[path] = watch;
        if (!_pathsByWatch.TryGetValue(watch, out var paths))
        {
            _pathsByWatch[watch] = paths = new HashSet<string>(StringComparer.Ordinal);
        }

        paths.Add(path);
        return true;
    }

    /// <summary>Forgets all paths but these.</summary>
    /// <returns>The watches that stand for no path any more.</returns>
    public IReadOnlyList<int> Keep(IReadOnlySet<string> paths)
    {
        foreach (var (path, watch) in _watchByPath.Where(pair => !paths.Contains(pair.Key)).ToList())
        {
            _watchByPath.Remove(path);
            _pathsByWatch[watch].Remove(path);
        }

        var unused = _pathsByWatch.Where(pair => pair.Value.Count == 0).Select(pair => pair.Key).ToList();
        unused.ForEach(Forget);
        return unused;
    }

    /// <summary>Forgets a watch that the kernel dropped.</summary>
    public void Forget(int watch)
    {
        if (_pathsByWatch.Remove(watch, out var paths))
        {
            foreach (var path in paths)
            {
                _watchByPath.Remove(path);
            }
        }
    }
}
