using System.Collections.Immutable;

namespace XdsCanary.KubeRuntime.Standalone.Watching;

/// <summary>
/// Turns the kernel's events into "these files are complete" and "look around". Pure but for its own state; the owner guards it.
/// <para>
/// A file is read when its writer closed it or it was moved in, never when it was merely written to: between two writes a
/// manifest is often valid YAML that says half of what it will say, and acting on that could drop services. Writes are noted for
/// the opposite purpose: a file written to since it was closed is not read, whatever else draws attention to it.
/// </para>
/// </summary>
internal sealed class EventAccumulator
{
    private readonly HashSet<string> _complete = new(StringComparer.Ordinal);
    private readonly HashSet<string> _beingWritten = new(StringComparer.Ordinal);
    private readonly HashSet<string> _writtenSinceTake = new(StringComparer.Ordinal);
    private readonly HashSet<uint> _movesOfUnfinished = [];
    private bool _needsWalk;
    private bool _isIncomplete;

    /// <summary>True when there is something to do. Mere writes are no news.</summary>
    public bool HasNews => _needsWalk || _isIncomplete || _complete.Count > 0;

    /// <summary>The files written to since the last <see cref="Take"/>.</summary>
    public IReadOnlySet<string> WrittenSinceTake => _writtenSinceTake.ToImmutableHashSet(StringComparer.Ordinal);

    /// <summary>Takes an event in.</summary>
    /// <param name="found">The event.</param>
    /// <param name="directories">The paths of the directory it happened in.</param>
    public void Add(InotifyEvent found, IReadOnlyCollection<string> directories)
    {
        if (found.Mask.HasFlag(InotifyMask.QueueOverflow))
        {
            // Of no file it is known any more whether its writer is done.
            _beingWritten.Clear();
            _isIncomplete = true;
            return;
        }

        foreach (var directory in directories)
        {
            if (found.Name.Length > 0)
            {
                AddEntry(ManifestPaths.Join(directory, found.Name), found);
            }
            else
            {
                AddDirectory(directory, found.Mask);
            }
        }
    }

    /// <summary>Takes what came together since the last time.</summary>
    public WatchBatch Take()
    {
        var batch = new WatchBatch
        {
            Complete = _complete.ToImmutableHashSet(StringComparer.Ordinal),
            BeingWritten = _beingWritten.ToImmutableHashSet(StringComparer.Ordinal),
            NeedsWalk = _needsWalk,
            IsIncomplete = _isIncomplete,
        };
        _complete.Clear();
        _writtenSinceTake.Clear();
        _movesOfUnfinished.Clear();
        (_needsWalk, _isIncomplete) = (false, false);
        return batch;
    }

    private void AddEntry(string path, InotifyEvent found)
    {
        if (found.Mask.HasFlag(InotifyMask.Modify))
        {
            _beingWritten.Add(path);
            _writtenSinceTake.Add(path);
            _complete.Remove(path);
        }
        else if (found.Mask.HasFlag(InotifyMask.CloseWrite))
        {
            _beingWritten.Remove(path);
            if (ManifestPaths.IsManifest(Path.GetFileName(path)))
            {
                _complete.Add(path);
            }
        }
        else if (found.Mask.HasFlag(InotifyMask.MovedTo))
        {
            MovedIn(path, found.Cookie);
        }
        else
        {
            _needsWalk = true;
            if ((found.Mask & (InotifyMask.MovedFrom | InotifyMask.Delete)) != 0)
            {
                Left(path, found.Cookie);
            }
        }
    }

    private void MovedIn(string path, uint cookie)
    {
        _needsWalk = true;
        _beingWritten.Remove(path);
        if (_movesOfUnfinished.Remove(cookie))
        {
            // Renamed by a writer that is not done: its closing comes under the new name.
            _beingWritten.Add(path);
            _complete.Remove(path);
        }
        else
        {
            _complete.Add(path);
        }
    }

    private void Left(string path, uint cookie)
    {
        if (_beingWritten.Contains(path) && cookie != 0)
        {
            _movesOfUnfinished.Add(cookie);
        }

        _complete.Remove(path);
        _beingWritten.RemoveWhere(file => ManifestPaths.IsAtOrBelow(file, path));
    }

    private void AddDirectory(string directory, InotifyMask mask)
    {
        _needsWalk = true;
        if (mask.HasFlag(InotifyMask.Ignored))
        {
            _beingWritten.RemoveWhere(file => ManifestPaths.IsAtOrBelow(file, directory));
        }
    }
}
