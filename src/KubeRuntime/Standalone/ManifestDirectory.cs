using System.Collections.Immutable;
using Microsoft.Extensions.Logging;
using XdsCanary.KubeRuntime.Objects;
using XdsCanary.KubeRuntime.Standalone.Watching;

namespace XdsCanary.KubeRuntime.Standalone;

/// <summary>
/// Looks at a directory when told to and knows what is in it: lists, decides (<see cref="LookPlan"/>), reads, folds
/// (<see cref="ManifestFold"/>). Has no loop of its own. Used by one caller at a time.
/// </summary>
internal sealed class ManifestDirectory : IDisposable
{
    private readonly ManifestDirectoryOptions _options;
    private readonly TimeProvider _timeProvider;
    private readonly ILogger _logger;
    private readonly Func<string, FileStamp, FileReading> _read;
    private readonly long _started;
    private IDirectoryWatch _watch;
    private ManifestState _state = ManifestState.Empty;
    private ImmutableDictionary<string, KnownFile> _known = ImmutableDictionary.Create<string, KnownFile>(StringComparer.Ordinal);
    private ImmutableDictionary<string, PendingFile> _pending = ImmutableDictionary<string, PendingFile>.Empty;
    private ImmutableArray<ObjectProblem> _sourceProblems = [];
    private TimeSpan _walkDue;
    private TimeSpan _deletesFrom;
    private bool _isMissing;
    private bool _isRead;

    /// <summary>Makes a directory that was not looked at yet.</summary>
    /// <param name="options">Which directory.</param>
    /// <param name="watch">Tells of changes; owned.</param>
    /// <param name="timeProvider">The clock.</param>
    /// <param name="logger">Hears of lost changes.</param>
    /// <param name="read">Reads a file; <see cref="ManifestFiles.Read"/> but for tests.</param>
    public ManifestDirectory(
        ManifestDirectoryOptions options,
        IDirectoryWatch watch,
        TimeProvider timeProvider,
        ILogger logger,
        Func<string, FileStamp, FileReading>? read = null)
    {
        (_options, _watch, _timeProvider, _logger) = (options, watch, timeProvider, logger);
        _read = read ?? ManifestFiles.Read;
        _started = timeProvider.GetTimestamp();
    }

    /// <summary>What is known.</summary>
    public ManifestState State => _state;

    /// <summary>How changes are learned of, for the log.</summary>
    public string WatchName => _watch is PollingDirectoryWatch ? "polling" : "inotify";

    private TimeSpan Elapsed => _timeProvider.GetElapsedTime(_started);

    /// <summary>Waits until a look is worth while.</summary>
    public Task WaitAsync(CancellationToken cancellationToken)
    {
        var due = _pending.Values.Select(file => file.Due).Append(_walkDue).Min();
        return _watch.WaitAsync(due - Elapsed, cancellationToken);
    }

    /// <summary>Looks at what the watch announced, and at everything when that is due. The first look reads everything.</summary>
    /// <returns>What is known now; the same instance when nothing differs.</returns>
    public ObjectSet Look()
    {
        var batch = _watch.Take();
        if (batch.IsIncomplete)
        {
            _logger.ChangesLost(_options.Directory);
        }

        var settle = _watch.UnannouncedSettleTime;
        var isWalk = batch.NeedsWalk || batch.IsIncomplete || !_isRead || Elapsed >= _walkDue
            || _pending.Values.Any(file => Elapsed >= file.Due);
        var tree = isWalk ? null : DirectoryWalker.Look(_options.Directory, batch.Complete);
        if (tree is null)
        {
            (tree, var hasNewDirectories) = WalkAndFollow();
            if (hasNewDirectories || batch.IsIncomplete)
            {
                settle = _watch.NewDirectorySettleTime;
            }

            NoteWalk(tree);
        }

        var input = new LookInput(
            tree, batch, _isRead ? settle : TimeSpan.Zero, Elapsed < _deletesFrom, _timeProvider.GetUtcNow(), Elapsed);
        var waited = _pending;
        var plan = LookPlan.Decide(_known, _pending, input);
        _pending = plan.Pending;
        _isRead = true;
        Fold(plan, waited);
        return _state.Set;
    }

    /// <inheritdoc/>
    public void Dispose() => _watch.Dispose();

    private (ManifestTree Tree, bool HasNewDirectories) WalkAndFollow()
    {
        // Followed first and listed after: what changes in between is announced. Bounded, because somebody may make directories
        // faster than they are listed; the rest is announced too.
        var hasNewDirectories = false;
        var tree = DirectoryWalker.Walk(_options.Directory);
        for (var round = 0; round < 8; round++)
        {
            var followed = _watch.Follow(tree.Directories);
            if (followed == FollowResult.Unchanged)
            {
                break;
            }

            if (followed == FollowResult.Exhausted)
            {
                _logger.FallingBackToPolling(_options.Directory, _options.PollInterval, "no watches left");
                _watch.Dispose();
                _watch = DirectoryWatches.CreatePolling(_options, _timeProvider);
            }

            hasNewDirectories = true;
            tree = DirectoryWalker.Walk(_options.Directory);
        }

        return (tree, hasNewDirectories);
    }

    private void NoteWalk(ManifestTree tree)
    {
        if (_isMissing && tree.Exists)
        {
            // The directory came back, perhaps empty at first (a mount, a copy under way): that is no order to delete everything.
            _deletesFrom = Elapsed + _options.PollInterval;
        }

        _isMissing = !tree.Exists;
        _sourceProblems = SourceProblems.Of(_options.Directory, tree);
        var isWaiting = _isMissing || Elapsed < _deletesFrom;
        _walkDue = Elapsed + (isWaiting ? _options.PollInterval : _watch.LookInterval);
    }

    private void Fold(LookPlan plan, ImmutableDictionary<string, PendingFile> waited)
    {
        var files = _state.Files.RemoveRange(plan.Gone);
        _known = _known.RemoveRange(plan.Gone);
        var readings = plan.Read.ToDictionary(
            pair => pair.Key, pair => _read(Path.Join(_options.Directory, pair.Key), pair.Value), StringComparer.Ordinal);

        // A writer that began while we read makes the reading void; the end of its writing is announced.
        var written = readings.Count > 0 ? _watch.WrittenSinceTake() : ImmutableHashSet<string>.Empty;
        foreach (var (path, reading) in readings)
        {
            var stamp = plan.Read[path];
            var isSettled = waited.TryGetValue(path, out var pending) && pending.Stamp == stamp && Elapsed >= pending.Due;
            if (reading is FileReading.Content { IsGuarded: false } content
                && (written.Contains(path) || (content.Bytes.IsEmpty && HoldsObjects(path) && !isSettled)))
            {
                // Empty is how a file looks to which its next writer has just come: not believed at first sight.
                files = Fold(files, path, stamp, new FileReading.Changing());
            }
            else
            {
                files = Fold(files, path, stamp, reading);
            }
        }

        _state = ManifestFold.Compose(_state, files, _sourceProblems);
    }

    private bool HoldsObjects(string path) =>
        _state.Files.TryGetValue(path, out var file) && (!file.Objects.IsEmpty || !file.Kept.IsEmpty);

    private ImmutableSortedDictionary<string, FileState> Fold(
        ImmutableSortedDictionary<string, FileState> files, string path, FileStamp stamp, FileReading reading)
    {
        var before = files.GetValueOrDefault(path) ?? FileState.Empty;
        switch (reading)
        {
            case FileReading.Content content:
                _known = _known.SetItem(path, new KnownFile(stamp, IsUnreadable: false));
                return files.SetItem(path, FileFold.Apply(before, path, content.Bytes.Span, _options.DefaultNamespace));
            case FileReading.Unreadable unreadable:
                _known = _known.SetItem(path, new KnownFile(stamp, IsUnreadable: true));
                return files.SetItem(path, FileFold.Apply(before, path, unreadable));
            case FileReading.Changing:
                _pending = _pending.SetItem(path, new PendingFile(stamp, Elapsed, _watch.NewDirectorySettleTime));
                return files;
            default:
                // Vanished: a look at everything will tell whether it is gone for good.
                _walkDue = Elapsed;
                return files;
        }
    }
}
