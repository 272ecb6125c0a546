namespace XdsCanary.KubeRuntime.Standalone.Watching;

/// <summary>What came of following directories.</summary>
internal enum FollowResult
{
    /// <summary>All of them were followed before.</summary>
    Unchanged,

    /// <summary>Some are new: what they hold may have changed before they were followed, so they must be listed again.</summary>
    Added,

    /// <summary>The system has no watches left (or forbids them): another kind of watch is needed.</summary>
    Exhausted,
}

/// <summary>
/// Tells when a directory is worth a look. One owner calls it; only <see cref="WaitAsync"/> waits. Disposing it ends its
/// resources at once.
/// </summary>
internal interface IDirectoryWatch : IDisposable
{
    /// <summary>How long a file that differs without being announced must stay the same before it counts as written.</summary>
    TimeSpan UnannouncedSettleTime { get; }

    /// <summary>The same for files of directories that were not followed until now.</summary>
    TimeSpan NewDirectorySettleTime { get; }

    /// <summary>How long until a look is due even if nothing is announced.</summary>
    TimeSpan LookInterval { get; }

    /// <summary>Follows these directories and no others.</summary>
    FollowResult Follow(IReadOnlyCollection<ListedDirectory> directories);

    /// <summary>Completes when there is news, at once if there is some already, and after a time without news.</summary>
    /// <param name="maxWait">The longest wait.</param>
    /// <param name="cancellationToken">Ends the wait with <see cref="OperationCanceledException"/>.</param>
    Task WaitAsync(TimeSpan maxWait, CancellationToken cancellationToken);

    /// <summary>Takes what happened since the last call. Never waits.</summary>
    WatchBatch Take();

    /// <summary>
    /// The files that were written to since the last <see cref="Take"/>. What was read of them meanwhile may be half a file.
    /// Never waits.
    /// </summary>
    IReadOnlySet<string> WrittenSinceTake();
}
